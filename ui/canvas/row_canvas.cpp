#include "ui/canvas/row_canvas.h"

#include "ui/theme/theme.h"

#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QNativeGestureEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

constexpr double kZoomStep = 1.25;

}  // namespace

RowCanvas::RowCanvas(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setFont(tabularFont());
    setMinimumSize(fontMetrics().height() * 24, fontMetrics().height() * 16);
}

QSize RowCanvas::sizeHint() const { return {fontMetrics().height() * 60, fontMetrics().height() * 36}; }

void RowCanvas::adapt() {
    if (!isEmpty()) {
        // What showed everything goes on showing everything.
        if (window_.span >= static_cast<double>(std::exchange(adaptedTo_, positionCount()))) window_ = {};
        window_ = window_.within(positionCount());
        if (cursor_)
            cursor_ =
                CanvasCell{std::min(cursor_->position, positionCount() - 1), std::min(cursor_->row, rowCount() - 1)};
    }
    announceReadout();
    update();
}

void RowCanvas::forget() {
    window_ = {};
    firstRow_ = 0;
    cursor_.reset();
    pressed_.reset();
    dragging_ = false;
    announceReadout();
    update();
}

void RowCanvas::setCursor(std::optional<CanvasCell> cell) {
    cursor_ = cell;
    update();
}

void RowCanvas::select(std::optional<MemberId> member) {
    selected_ = member;
    update();
}

std::optional<std::size_t> RowCanvas::selectedRow() const {
    for (std::size_t row = 0; selected_ && row < rowCount(); ++row)
        if (memberAt(row) == *selected_) return row;
    return {};
}

PositionRange RowCanvas::range() const {
    if (window_.span <= 0.0) return {};
    return {static_cast<std::size_t>(std::floor(window_.begin)),
            static_cast<std::size_t>(std::ceil(window_.end() - 1e-9))};
}

std::size_t RowCanvas::binsWanted() const {
    return static_cast<std::size_t>(std::max(1.0, std::floor(rowMap().map.width() * devicePixelRatioF())));
}

void RowCanvas::setWindow(PositionWindow window) {
    if (isEmpty()) return;
    window = window.within(positionCount());
    if (window == window_) return;
    window_ = window;
    update();
    announceReadout();
    Q_EMIT rangeChanged();
}

void RowCanvas::setFirstRow(double row) {
    const auto last = static_cast<double>(rowMap().lastFirstRow());
    const auto first = static_cast<std::size_t>(std::clamp(std::round(row), 0.0, last));
    if (std::exchange(firstRow_, first) != first) update();
}

void RowCanvas::zoom(double factor, double anchor) { setWindow(window_.zoomed(factor, anchor)); }

double RowCanvas::anchor() const {
    const auto g = rowMap();
    if (mouse_ && g.map.contains(*mouse_)) return g.positionAt(mouse_->x());
    if (cursor_) {
        const double position = static_cast<double>(cursor_->position) + 0.5;
        if (position >= window_.begin && position <= window_.end()) return position;
    }
    return window_.begin + window_.span / 2;
}

void RowCanvas::zoomIn() { zoom(1.0 / kZoomStep, anchor()); }
void RowCanvas::zoomOut() { zoom(kZoomStep, anchor()); }

void RowCanvas::seeAll() {
    if (isEmpty()) return;
    setFirstRow(0.0);
    setWindow({0.0, static_cast<double>(positionCount())});
}

void RowCanvas::see(PositionRange positions) {
    setWindow({static_cast<double>(positions.begin), static_cast<double>(positions.end - positions.begin)});
}

RowCanvas::Target RowCanvas::targetAt(QPointF point) const {
    Target target;
    if (isEmpty()) return target;
    const auto g = rowMap();
    target.row = g.rowAt(point.y());
    if ((target.row || isInColumn(point)) && point.x() >= g.map.left() && point.x() < g.map.right()) {
        const double position = std::floor(g.positionAt(point.x()));
        if (position >= 0.0 && position < static_cast<double>(positionCount()))
            target.position = static_cast<std::size_t>(position);
    }
    return target;
}

void RowCanvas::announceReadout() {
    QString text;
    if (mouse_ && !isEmpty()) text = readout(targetAt(*mouse_));
    if (text.isEmpty() && cursor_ && !isEmpty()) text = readout({cursor_->position, cursor_->row});
    if (text == accessibleDescription()) return;
    setAccessibleDescription(text);
    // What is said in two places is the same.
    if (mouse_ && QToolTip::isVisible()) QToolTip::showText(mapToGlobal(mouse_->toPoint()), tipAt(*mouse_), this);
    Q_EMIT readoutChanged(text);
}

QString RowCanvas::tipAt(QPointF point) const {
    const auto target = targetAt(point);
    const auto text = isEmpty() ? QString() : readout(target);
    return text.isEmpty() && target.row && memberAt(*target.row).value > 0 ? tr("Click to inspect this member.") : text;
}

void RowCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    Q_EMIT rangeChanged();
}

void RowCanvas::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) update();
}

bool RowCanvas::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), tipAt(help->pos()), this);
        return true;
    }
    if (event->type() == QEvent::NativeGesture) {
        const auto* gesture = static_cast<QNativeGestureEvent*>(event);
        if (gesture->gestureType() == Qt::ZoomNativeGesture) {
            zoom(1.0 / std::max(0.2, 1.0 + gesture->value()), rowMap().positionAt(gesture->position().x()));
            return true;
        }
    }
    return QWidget::event(event);
}

void RowCanvas::wheelEvent(QWheelEvent* event) {
    const auto g = rowMap();
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

void RowCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
    pressed_ = event->position();
    windowAtPress_ = window_;
    firstRowAtPress_ = firstRow_;
    dragging_ = false;
}

void RowCanvas::mouseMoveEvent(QMouseEvent* event) {
    mouse_ = event->position();
    if (pressed_) {
        const auto way = event->position() - *pressed_;
        dragging_ = dragging_ || way.manhattanLength() >= QApplication::startDragDistance();
        if (dragging_) {
            const auto g = rowMap();
            setFirstRow(static_cast<double>(firstRowAtPress_) - way.y() / g.rowHeight);
            setWindow({windowAtPress_.begin - way.x() / g.map.width() * windowAtPress_.span, windowAtPress_.span});
        }
    }
    announceReadout();
}

void RowCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !pressed_) return;
    pressed_.reset();
    if (std::exchange(dragging_, false)) return;
    const auto target = targetAt(event->position());
    if (target.position && target.row) setCursor(CanvasCell{*target.position, *target.row});
    choose(target);
}

void RowCanvas::leaveEvent(QEvent*) {
    mouse_.reset();
    announceReadout();
}

void RowCanvas::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    announceReadout();
}

void RowCanvas::keyPressEvent(QKeyEvent* event) {
    if (isEmpty()) return QWidget::keyPressEvent(event);
    const auto shift = event->modifiers() & Qt::ShiftModifier;
    const auto page = static_cast<int>(rowMap().visibleRows());
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
            setCursor({});
            announceReadout();
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter: cursor_ ? enter(*cursor_, event->modifiers()) : moveCursor(0, 0); break;
        default: QWidget::keyPressEvent(event);
    }
}

void RowCanvas::moveCursor(int columns, int rows) {
    if (!cursor_) {
        cursor_ = CanvasCell{static_cast<std::size_t>(window_.begin), rowMap().firstRow};
    } else {
        const auto column = columnAt(cursor_->position);
        if (columns > 0 && column.end < positionCount()) cursor_->position = column.end;
        if (columns < 0 && column.begin > 0) cursor_->position = columnAt(column.begin - 1).begin;
        const auto last = static_cast<std::ptrdiff_t>(rowCount()) - 1;
        cursor_->row = static_cast<std::size_t>(
            std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(cursor_->row) + rows, 0, last));
    }
    mouse_.reset();
    bringCursorIntoView();
    announceReadout();
    update();
}

void RowCanvas::bringCursorIntoView() {
    const auto column = columnAt(cursor_->position);
    auto window = window_;
    window.begin =
        std::clamp(window.begin, static_cast<double>(column.end) - window.span, static_cast<double>(column.begin));
    setWindow(window);
    const auto g = rowMap();
    if (cursor_->row < g.firstRow) setFirstRow(static_cast<double>(cursor_->row));
    if (cursor_->row >= g.firstRow + g.visibleRows())
        setFirstRow(static_cast<double>(cursor_->row - g.visibleRows() + 1));
}

}  // namespace mergarium
