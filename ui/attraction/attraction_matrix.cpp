#include "ui/attraction/attraction_matrix.h"

#include "ui/attraction/attraction_painter.h"
#include "ui/theme/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace mergarium {

AttractionMatrix::AttractionMatrix(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setFont(tabularFont());
    setAccessibleName(tr("Attraction matrix"));
    setMinimumSize(fontMetrics().height() * 18, fontMetrics().height() * 18);
}

void AttractionMatrix::setFrame(const AttractionFramePtr& frame) {
    frame_ = frame;
    if (!frame_) cursor_.reset();
    announce();
    update();
}

void AttractionMatrix::markPair(std::optional<std::pair<MemberId, MemberId>> pair) {
    pair_ = pair;
    update();
}

void AttractionMatrix::select(std::optional<MemberId> member) {
    selected_ = member;
    update();
}

std::optional<std::size_t> AttractionMatrix::indexOf(MemberId member) const {
    if (!frame_) return {};
    const auto found = std::find(frame_->members.begin(), frame_->members.end(), member);
    if (found == frame_->members.end()) return {};
    return static_cast<std::size_t>(found - frame_->members.begin());
}

std::optional<std::pair<std::size_t, std::size_t>> AttractionMatrix::markedCell() const { return cellOf(pair_); }

std::optional<AttractionMatrix::Cell> AttractionMatrix::cellOf(const std::optional<Pair>& pair) const {
    if (!pair) return {};
    const auto a = indexOf(pair->first);
    const auto b = indexOf(pair->second);
    if (!a || !b) return {};
    return Cell{*a, *b};
}

QRectF AttractionMatrix::map() const {
    return isEmpty() ? QRectF() : attractionMap(*frame_, QSizeF(size()), QFontMetricsF(font()));
}

QRectF AttractionMatrix::cellRect(std::size_t a, std::size_t b) const {
    return attractionCell(map(), frame_->members.size(), {a, b});
}

std::optional<std::size_t> AttractionMatrix::columnAt(double x) const {
    const auto area = map();
    if (isEmpty() || x < area.left() || x >= area.right()) return {};
    return std::min(frame_->members.size() - 1, static_cast<std::size_t>((x - area.left()) / area.width() *
                                                                         static_cast<double>(frame_->members.size())));
}

std::optional<std::size_t> AttractionMatrix::rowAt(double y) const {
    const auto area = map();
    if (isEmpty() || y < area.top() || y >= area.bottom()) return {};
    return std::min(frame_->members.size() - 1, static_cast<std::size_t>((y - area.top()) / area.height() *
                                                                         static_cast<double>(frame_->members.size())));
}

std::optional<AttractionMatrix::Cell> AttractionMatrix::cellAt(QPointF point) const {
    const auto a = rowAt(point.y());
    const auto b = columnAt(point.x());
    if (!a || !b) return {};
    return Cell{*a, *b};
}

void AttractionMatrix::announce() {
    QString text;
    std::optional<Cell> cell;
    if (mouse_) cell = cellAt(*mouse_);
    if (!cell) cell = cellOf(cursor_);
    if (cell) text = attractionText(*frame_, cell->first, cell->second);
    if (text == accessibleDescription()) return;
    setAccessibleDescription(text);
    // What is said in two places is the same.
    if (mouse_ && QToolTip::isVisible()) QToolTip::showText(mapToGlobal(mouse_->toPoint()), tipAt(*mouse_), this);
    Q_EMIT readoutChanged(text);
}

void AttractionMatrix::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto colors = colorsOf(palette());
    painter.fillRect(rect(), colors.background);
    if (isEmpty()) return;
    paintAttraction(painter, {.frame = *frame_,
                              .map = map(),
                              .colors = colors,
                              .selected = selected_ ? indexOf(*selected_) : std::nullopt,
                              .marked = markedCell(),
                              .cursor = cellOf(cursor_),
                              .focused = hasFocus()});
}

FigurePainter AttractionMatrix::figure(const FigurePage& page) const {
    if (isEmpty()) return nullptr;
    return [frame = frame_, page, selected = selected_ ? indexOf(*selected_) : std::nullopt,
            marked = markedCell()](QPainter& painter) {
        const auto map = attractionMap(*frame, page.size, QFontMetricsF(page.font));
        const auto colors = page.colors();
        painter.translate(std::max(0.0, page.size.width() - map.right()) / 2, 0.0);
        paintAttraction(painter, {*frame, map, colors, selected, marked});
    };
}

bool AttractionMatrix::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), tipAt(help->pos()), this);
    return true;
}

QString AttractionMatrix::tipAt(QPointF point) const {
    const auto cell = cellAt(point);
    return cell ? attractionText(*frame_, cell->first, cell->second) : QString();
}

void AttractionMatrix::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) update();
}

void AttractionMatrix::mouseMoveEvent(QMouseEvent* event) {
    mouse_ = event->position();
    announce();
}

void AttractionMatrix::leaveEvent(QEvent*) {
    mouse_.reset();
    announce();
}

void AttractionMatrix::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || isEmpty()) return QWidget::mousePressEvent(event);
    const auto a = rowAt(event->position().y());
    const auto b = columnAt(event->position().x());
    if (a && b) {
        cursor_ = {frame_->members[*a], frame_->members[*b]};
        update();
        announce();
        Q_EMIT pairSelected(cursor_->first, cursor_->second);
    } else if (a && event->position().x() < map().left()) {
        Q_EMIT memberSelected(frame_->members[*a]);
    } else if (b && event->position().y() < map().top()) {
        Q_EMIT memberSelected(frame_->members[*b]);
    }
}

void AttractionMatrix::keyPressEvent(QKeyEvent* event) {
    if (isEmpty()) return QWidget::keyPressEvent(event);
    switch (event->key()) {
        case Qt::Key_Left: moveCursor(0, -1); break;
        case Qt::Key_Right: moveCursor(0, 1); break;
        case Qt::Key_Up: moveCursor(-1, 0); break;
        case Qt::Key_Down: moveCursor(1, 0); break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (cursor_)
                Q_EMIT memberSelected(event->modifiers() & Qt::ControlModifier ? cursor_->first : cursor_->second);
            break;
        case Qt::Key_Escape:
            cursor_.reset();
            announce();
            update();
            break;
        default: QWidget::keyPressEvent(event);
    }
}

void AttractionMatrix::moveCursor(int rows, int columns) {
    const auto last = static_cast<int>(frame_->members.size()) - 1;
    // The first key shows the cursor, the next ones move it.
    const auto cell = cellOf(cursor_);
    const auto moved = [&](std::size_t from, int way) {
        return static_cast<std::size_t>(std::clamp(static_cast<int>(from) + way, 0, last));
    };
    cursor_ = cell ? Pair{frame_->members[moved(cell->first, rows)], frame_->members[moved(cell->second, columns)]}
                   : Pair{frame_->members[0], frame_->members[0]};
    mouse_.reset();
    announce();
    update();
    Q_EMIT pairSelected(cursor_->first, cursor_->second);
}

}  // namespace mergarium
