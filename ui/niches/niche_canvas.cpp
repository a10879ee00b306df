#include "ui/niches/niche_canvas.h"

#include "ui/niches/niche_readout.h"

#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QNativeGestureEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

constexpr double kZoomStep = 1.25;

}  // namespace

NicheCanvas::NicheCanvas(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Niches, members by samples"));
    setFont(tabularFont());
    setMinimumSize(fontMetrics().height() * 24, fontMetrics().height() * 16);
}

QSize NicheCanvas::sizeHint() const { return {fontMetrics().height() * 60, fontMetrics().height() * 36}; }

void NicheCanvas::setFrame(const NicheFramePtr& frame) {
    const auto before = std::exchange(frame_, frame);
    if (isEmpty()) return update();
    window_ = window_.within(frame_->sampleCount());
    if (cursor_ && before && !before->rows.empty()) followCursor(*before);
    announceReadout();
    update();
}

void NicheCanvas::reset() {
    frame_.reset();
    window_ = {};
    firstRow_ = 0;
    cursor_.reset();
    pressed_.reset();
    dragging_ = false;
    announceReadout();
    update();
}

NicheGeometry NicheCanvas::places() const {
    const QFontMetricsF metrics(font(), this);
    NicheExtent extent;
    extent.barWidth = barWidthOf(metrics);
    extent.window = window_;
    extent.firstRow = firstRow_;
    if (frame_) {
        extent.rows = frame_->rows.size();
        extent.labelWidth = labelWidthOf(*frame_, metrics);
    } else {
        extent.labelWidth = metrics.horizontalAdvance(QStringLiteral("#000"));
    }
    const double margin = metrics.height() * 0.3;
    return layOut(QSizeF(size()) - QSizeF(margin, 0.0), metrics, extent);
}

PositionRange NicheCanvas::range() const {
    if (window_.span <= 0.0) return {};
    return {static_cast<std::size_t>(std::floor(window_.begin)), static_cast<std::size_t>(std::ceil(window_.end() - 1e-9))};
}

std::size_t NicheCanvas::binsWanted() const {
    return static_cast<std::size_t>(std::max(1.0, std::floor(places().map.width() * devicePixelRatioF())));
}

void NicheCanvas::setWindow(PositionWindow window) {
    if (isEmpty()) return;
    window = window.within(frame_->sampleCount());
    if (window.begin == window_.begin && window.span == window_.span) return;
    window_ = window;
    update();
    announceReadout();
    Q_EMIT rangeChanged();
}

void NicheCanvas::setFirstRow(double row) {
    const auto last = static_cast<double>(places().lastFirstRow());
    const auto first = static_cast<std::size_t>(std::clamp(std::round(row), 0.0, last));
    if (std::exchange(firstRow_, first) != first) update();
}

void NicheCanvas::zoom(double factor, double anchor) { setWindow(window_.zoomed(factor, anchor)); }

double NicheCanvas::anchor() const {
    const auto g = places();
    if (mouse_ && g.map.contains(*mouse_)) return g.positionAt(mouse_->x());
    if (cursor_) {
        const double position = static_cast<double>(cursor_->position) + 0.5;
        if (position >= window_.begin && position <= window_.end()) return position;
    }
    return window_.begin + window_.span / 2;
}

void NicheCanvas::zoomIn() { zoom(1.0 / kZoomStep, anchor()); }
void NicheCanvas::zoomOut() { zoom(kZoomStep, anchor()); }

void NicheCanvas::seeAll() {
    if (isEmpty()) return;
    setFirstRow(0.0);
    setWindow({0.0, static_cast<double>(frame_->sampleCount())});
}

NicheCanvas::Target NicheCanvas::targetAt(QPointF point) const {
    Target target;
    if (isEmpty()) return target;
    const auto g = places();
    target.row = g.rowAt(point.y());
    const bool inBand = target.row || g.strip.contains(point) || g.unsolved.contains(point);
    if (inBand && point.x() >= g.map.left() && point.x() < g.map.right()) {
        const double position = std::floor(g.positionAt(point.x()));
        if (position >= 0.0 && position < static_cast<double>(frame_->sampleCount()))
            target.position = static_cast<std::size_t>(position);
    }
    return target;
}

QString NicheCanvas::readout(const Target& target) const {
    if (isEmpty() || !target.position) return {};
    return readoutText(*frame_, columnAt(*frame_, *target.position), target.row);
}

void NicheCanvas::announceReadout() {
    QString text;
    if (mouse_) text = readout(targetAt(*mouse_));
    if (text.isEmpty() && cursor_ && !isEmpty()) text = readout({cursor_->position, cursor_->row});
    if (text == accessibleDescription()) return;
    setAccessibleDescription(text);
    Q_EMIT readoutChanged(text);
}

void NicheCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto colors = colorsOf(palette());
    painter.fillRect(rect(), colors.background);
    if (isEmpty() || frame_->raster.bins.empty()) return;
    const auto g = places();
    paintNiches(painter, {*frame_, g, colors, cursor_, hasFocus()});
}

void NicheCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    Q_EMIT rangeChanged();
}

void NicheCanvas::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) update();
}

bool NicheCanvas::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto target = targetAt(help->pos());
        const auto text = readout(target);
        QToolTip::showText(help->globalPos(), text.isEmpty() && target.row ? tr("Click to inspect this member.") : text, this);
        return true;
    }
    if (event->type() == QEvent::NativeGesture) {
        const auto* gesture = static_cast<QNativeGestureEvent*>(event);
        if (gesture->gestureType() == Qt::ZoomNativeGesture) {
            zoom(1.0 / std::max(0.2, 1.0 + gesture->value()), places().positionAt(gesture->position().x()));
            return true;
        }
    }
    return QWidget::event(event);
}

void NicheCanvas::wheelEvent(QWheelEvent* event) {
    const auto g = places();
    const auto turn = event->angleDelta();
    const auto place = event->position();
    event->accept();
    const bool sideways = event->modifiers() & Qt::ShiftModifier || std::abs(turn.x()) > std::abs(turn.y());
    if (sideways) {
        const double delta = std::abs(turn.x()) > std::abs(turn.y()) ? turn.x() : turn.y();
        setWindow({window_.begin - delta / 120.0 * window_.span * 0.1, window_.span});
    } else if (place.x() >= g.map.left() && place.x() <= g.map.right()) {
        zoom(std::pow(kZoomStep, -turn.y() / 120.0), g.positionAt(place.x()));
    } else {
        setFirstRow(static_cast<double>(firstRow_) - turn.y() / 40.0);
    }
}

void NicheCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
    pressed_ = event->position();
    windowAtPress_ = window_;
    firstRowAtPress_ = firstRow_;
    dragging_ = false;
}

void NicheCanvas::mouseMoveEvent(QMouseEvent* event) {
    mouse_ = event->position();
    if (pressed_) {
        const auto way = event->position() - *pressed_;
        dragging_ = dragging_ || way.manhattanLength() >= QApplication::startDragDistance();
        if (dragging_) {
            const auto g = places();
            setFirstRow(static_cast<double>(firstRowAtPress_) - way.y() / g.rowHeight);
            setWindow({windowAtPress_.begin - way.x() / g.map.width() * windowAtPress_.span, windowAtPress_.span});
        }
    }
    announceReadout();
}

void NicheCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !pressed_) return;
    pressed_.reset();
    if (!std::exchange(dragging_, false)) click(event->position());
}

void NicheCanvas::leaveEvent(QEvent*) {
    mouse_.reset();
    announceReadout();
}

void NicheCanvas::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    announceReadout();
}

void NicheCanvas::click(QPointF point) {
    const auto target = targetAt(point);
    if (target.position) {
        const auto sample = sampleOf(*frame_, columnAt(*frame_, *target.position), target.row);
        if (target.row) cursor_ = NicheCell{*target.position, *target.row};
        update();
        Q_EMIT sampleSelected(sample);
    } else if (target.row) {
        Q_EMIT memberSelected(frame_->rows[*target.row].member->id);
    }
}

void NicheCanvas::keyPressEvent(QKeyEvent* event) {
    if (isEmpty()) return QWidget::keyPressEvent(event);
    const auto shift = event->modifiers() & Qt::ShiftModifier;
    const auto page = static_cast<int>(places().visibleRows());
    const auto pan = [&](double part) { setWindow({window_.begin + part * window_.span, window_.span}); };
    switch (event->key()) {
        case Qt::Key_Left: shift ? pan(-0.1) : moveCursor(-1, 0); break;
        case Qt::Key_Right: shift ? pan(0.1) : moveCursor(1, 0); break;
        case Qt::Key_Up: moveCursor(0, -1); break;
        case Qt::Key_Down: moveCursor(0, 1); break;
        case Qt::Key_PageUp: moveCursor(0, -page); break;
        case Qt::Key_PageDown: moveCursor(0, page); break;
        case Qt::Key_Plus:
        case Qt::Key_Equal: zoomIn(); break;
        case Qt::Key_Minus: zoomOut(); break;
        case Qt::Key_Home: seeAll(); break;
        case Qt::Key_Escape:
            cursor_.reset();
            announceReadout();
            update();
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter: {
            if (!cursor_) return moveCursor(0, 0);
            if (event->modifiers() & Qt::ControlModifier)
                Q_EMIT memberSelected(frame_->rows[cursor_->row].member->id);
            else
                Q_EMIT sampleSelected(sampleOf(*frame_, columnAt(*frame_, cursor_->position), cursor_->row));
            break;
        }
        default: QWidget::keyPressEvent(event);
    }
}

void NicheCanvas::moveCursor(int columns, int rows) {
    if (!cursor_) {
        cursor_ = NicheCell{static_cast<std::size_t>(window_.begin), places().firstRow};
    } else {
        const auto column = columnAt(*frame_, cursor_->position);
        if (columns > 0 && column.end < frame_->sampleCount()) cursor_->position = column.end;
        if (columns < 0 && column.begin > 0) cursor_->position = columnAt(*frame_, column.begin - 1).begin;
        const auto last = static_cast<std::ptrdiff_t>(frame_->rows.size()) - 1;
        cursor_->row = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(cursor_->row) + rows, 0, last));
    }
    mouse_.reset();
    bringCursorIntoView();
    announceReadout();
    update();
}

void NicheCanvas::bringCursorIntoView() {
    const auto column = columnAt(*frame_, cursor_->position);
    auto window = window_;
    window.begin = std::clamp(window.begin, static_cast<double>(column.end) - window.span, static_cast<double>(column.begin));
    setWindow(window);
    const auto g = places();
    if (cursor_->row < g.firstRow) setFirstRow(static_cast<double>(cursor_->row));
    if (cursor_->row >= g.firstRow + g.visibleRows()) setFirstRow(static_cast<double>(cursor_->row - g.visibleRows() + 1));
}

/// The cell belongs to a sample and a member, wherever these have moved to; a member that has gone leaves its place.
void NicheCanvas::followCursor(const NicheFrame& before) {
    if (before.samples != frame_->samples && cursor_->position < before.sampleCount()) {
        const auto sample = (*before.samples)[cursor_->position];
        const auto found = std::find(frame_->samples->begin(), frame_->samples->end(), sample);
        if (found != frame_->samples->end()) cursor_->position = static_cast<std::size_t>(found - frame_->samples->begin());
    }
    if (cursor_->row < before.rows.size()) {
        const auto id = before.rows[cursor_->row].member->id;
        const auto found = std::find_if(frame_->rows.begin(), frame_->rows.end(), [&](const auto& row) { return row.member->id == id; });
        if (found != frame_->rows.end()) cursor_->row = static_cast<std::size_t>(found - frame_->rows.begin());
    }
    cursor_->row = std::min(cursor_->row, frame_->rows.size() - 1);
    cursor_->position = std::min(cursor_->position, frame_->sampleCount() - 1);
}

}  // namespace mergarium
