#include "ui/attraction/attraction_matrix.h"

#include "ui/members/member_text.h"
#include "ui/theme/color_bar.h"
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

double AttractionMatrix::labelWidth() const {
    std::uint64_t largest = 100;
    for (const auto member : frame_->members) largest = std::max(largest, member.value);
    return QFontMetricsF(font()).horizontalAdvance('#' + QString(QString::number(largest).size(), '0'));
}

QRectF AttractionMatrix::map() const {
    if (isEmpty()) return {};
    const double line = QFontMetricsF(font()).height();
    const double label = labelWidth();
    // Column labels stand upright above, one line of words over them; the row's words stand upright at the left.
    const double left = line * 1.6 + label;
    const double top = line * 1.6 + label;
    const double side = std::max(line, std::min(width() - left - line * 0.5, height() - top - line * 3.2));
    return {std::round(left), std::round(top), std::floor(side), std::floor(side)};
}

QRectF AttractionMatrix::cellRect(std::size_t a, std::size_t b) const {
    const auto area = map();
    const double cell = area.width() / static_cast<double>(frame_->members.size());
    return {area.left() + static_cast<double>(b) * cell, area.top() + static_cast<double>(a) * cell, cell, cell};
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
    Q_EMIT readoutChanged(text);
}

void AttractionMatrix::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto colors = colorsOf(palette());
    painter.fillRect(rect(), colors.background);
    if (isEmpty()) return;
    const auto area = map();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(area, frame_->image);
    const double side = area.width() / static_cast<double>(frame_->members.size());
    if (side >= 8.0) {
        auto gap = colors.background;
        gap.setAlphaF(0.35f);
        painter.setPen(QPen(gap, 0));
        for (std::size_t i = 1; i < frame_->members.size(); ++i) {
            const double way = std::round(static_cast<double>(i) * side);
            painter.drawLine(QPointF(area.left() + way, area.top()), QPointF(area.left() + way, area.bottom()));
            painter.drawLine(QPointF(area.left(), area.top() + way), QPointF(area.right(), area.top() + way));
        }
    }
    paintLabels(painter, area);
    const double line = QFontMetricsF(font()).height();
    const ColorBar bar{.label = tr("Attraction g"),
                       .ticks = {{0.0, QStringLiteral("0")},
                                 {0.5, QString::number(frame_->largest / 2, 'f', 1)},
                                 {1.0, QString::number(frame_->largest, 'f', 1)}}};
    paintColorBar(painter, {area.left(), area.bottom() + line * 0.8}, line * 8, colors.text, bar);

    if (const auto marked = markedCell()) paintRing(painter, *marked, colors.newborn);
    if (const auto cell = cellOf(cursor_)) paintRing(painter, *cell, hasFocus() ? QColor(Qt::white) : colors.mutedText);
}

void AttractionMatrix::paintLabels(QPainter& painter, const QRectF& area) const {
    const auto colors = colorsOf(palette());
    const double line = QFontMetricsF(font()).height();
    const double label = labelWidth();
    const double cell = area.width() / static_cast<double>(frame_->members.size());
    const auto stride = static_cast<std::size_t>(std::max(1.0, std::ceil(line / cell)));
    painter.setPen(colors.text);
    for (std::size_t i = 0; i < frame_->members.size(); i += stride) {
        const double center = (static_cast<double>(i) + 0.5) * cell;
        const auto text = memberText(frame_->members[i]);
        painter.drawText(QRectF(area.left() - label - line * 0.3, area.top() + center - line / 2, label, line),
                         Qt::AlignRight | Qt::AlignVCenter, text);
        painter.save();
        painter.translate(area.left() + center, area.top() - line * 0.3);
        painter.rotate(-90);
        painter.drawText(QRectF(0, -line / 2, label, line), Qt::AlignLeft | Qt::AlignVCenter, text);
        painter.restore();
    }
    painter.setPen(colors.mutedText);
    painter.drawText(QRectF(area.left(), 0, area.width(), line), Qt::AlignHCenter | Qt::AlignVCenter,
                     tr("Parent 2, fittest first"));
    painter.save();
    painter.translate(0, area.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-area.height() / 2, 0, area.height(), line), Qt::AlignHCenter | Qt::AlignVCenter,
                     tr("Parent 1, fittest first"));
    painter.restore();
}

void AttractionMatrix::paintRing(QPainter& painter, const Cell& cell, const QColor& color) const {
    auto ring = cellRect(cell.first, cell.second);
    const double grow = std::max(0.0, 8.0 - ring.width()) / 2;
    ring.adjust(-grow, -grow, grow, grow);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Qt::black, 4));
    painter.drawRect(ring);
    painter.setPen(QPen(color, 2));
    painter.drawRect(ring);
}

bool AttractionMatrix::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto cell = cellAt(help->pos());
    QToolTip::showText(help->globalPos(), cell ? attractionText(*frame_, cell->first, cell->second) : QString(), this);
    return true;
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
}

}  // namespace mergarium
