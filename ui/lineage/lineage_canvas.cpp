#include "ui/lineage/lineage_canvas.h"

#include "ui/lineage/lineage_painter.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QFontInfo>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <limits>

namespace mergarium {
namespace {

constexpr double kLeastScale = 0.05;
constexpr double kMostScale = 3.0;

}  // namespace

LineageCanvas::LineageCanvas(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setFont(tabularFont());
    setAccessibleName(tr("Lineage, ancestors above"));
    setMinimumSize(fontMetrics().height() * 24, fontMetrics().height() * 16);
}

QSize LineageCanvas::sizeHint() const { return {fontMetrics().height() * 60, fontMetrics().height() * 36}; }

QSizeF LineageCanvas::boxSize() const { return lineageBoxSize(QFontMetricsF(font(), this)); }

void LineageCanvas::show(const LineageLayoutPtr& layout, const SnapshotPtr& snapshot) {
    const bool same = layout == layout_;
    auto living = layout && snapshot ? livingOf(*layout, *snapshot) : std::vector<bool>();
    if (same && snapshot && snapshot_ && snapshot->run == snapshot_->run && living == living_) {
        snapshot_ = snapshot;
        return;
    }
    living_ = std::move(living);
    // The member that one looks at stays where it is on the screen while relatives come and go around it.
    const auto kept = cursor_ && indexOf(cursor_) ? cursor_ : selected_;
    const auto before = indexOf(kept);
    const auto place = before ? boxOf(*before).topLeft() : QPointF();
    layout_ = layout;
    snapshot_ = snapshot;
    if (!same && !isEmpty()) {
        const auto now = indexOf(kept);
        if (shownSubject_ != subject_) {
            shownSubject_ = subject_;
            cursor_.reset();
            seeAll();
        } else if (seesAll_) {
            seeAll();
        } else if (now && before) {
            origin_ = place - layout_->boxes[*now].topLeft() * scale_;
        }
        // Whoever is selected is brought into view again.
        selected_.reset();
    }
    announce();
    update();
}

void LineageCanvas::select(std::optional<MemberId> member) {
    if (member == selected_) return;
    selected_ = member;
    if (const auto index = indexOf(member)) bringIntoView(*index);
    update();
}

std::optional<std::size_t> LineageCanvas::indexOf(std::optional<MemberId> member) const {
    if (!member || isEmpty()) return {};
    const auto& relatives = layout_->family.relatives;
    const auto found = std::ranges::find(relatives, *member, [](const auto& one) { return one.member->id; });
    if (found == relatives.end()) return {};
    return static_cast<std::size_t>(found - relatives.begin());
}

QRectF LineageCanvas::boxOf(std::size_t relative) const {
    const auto& box = layout_->boxes[relative];
    return {origin_ + box.topLeft() * scale_, box.size() * scale_};
}

std::optional<std::size_t> LineageCanvas::boxAt(QPointF point) const {
    for (std::size_t i = 0; !isEmpty() && i < layout_->boxes.size(); ++i)
        if (boxOf(i).contains(point)) return i;
    return {};
}

void LineageCanvas::seeAll() {
    seesAll_ = true;
    if (isEmpty()) return;
    const double line = fontMetrics().height();
    const QRectF room = QRectF(rect()).adjusted(line, line, -line, -2.5 * line);
    const auto& size = layout_->size;
    scale_ =
        std::clamp(std::min(room.width() / std::max(1.0, size.width()), room.height() / std::max(1.0, size.height())),
                   kLeastScale, 1.0);
    origin_ = room.center() - QPointF(size.width(), size.height()) * scale_ / 2;
    // What doesn't fit is seen from whose family it is.
    if (size.height() * scale_ > room.height() || size.width() * scale_ > room.width())
        if (const auto subject = indexOf(subject_)) center(*subject);
    update();
}

void LineageCanvas::zoom(double factor, QPointF anchor) {
    const double wanted = std::clamp(scale_ * factor, kLeastScale, kMostScale);
    origin_ = anchor - (anchor - origin_) * (wanted / scale_);
    scale_ = wanted;
    seesAll_ = false;
    update();
}

void LineageCanvas::center(std::size_t relative) {
    origin_ += QRectF(rect()).center() - boxOf(relative).center();
    update();
}

void LineageCanvas::bringIntoView(std::size_t relative) {
    const auto box = boxOf(relative);
    if (QRectF(rect()).contains(box)) return;
    seesAll_ = false;
    center(relative);
}

void LineageCanvas::moveCursor(Way way) {
    const auto from = indexOf(cursor_ ? cursor_ : selected_);
    if (!from) {
        cursor_ = indexOf(subject_) ? *subject_ : layout_->family.relatives.front().member->id;
    } else {
        // Up and down along the lines where there are some, else to the nearest box that way.
        const auto at = layout_->boxes[*from].center();
        double nearest = std::numeric_limits<double>::max();
        std::optional<std::size_t> next;
        for (std::size_t i = 0; i < layout_->boxes.size(); ++i) {
            const auto delta = layout_->boxes[i].center() - at;
            const double along = way == Way::Up     ? -delta.y()
                                 : way == Way::Down ? delta.y()
                                 : way == Way::Left ? -delta.x()
                                                    : delta.x();
            const double across = std::abs(way == Way::Up || way == Way::Down ? delta.x() : delta.y());
            if (along < 1.0) continue;
            const double distance = along + 3.0 * across;
            if (distance < nearest) {
                nearest = distance;
                next = i;
            }
        }
        cursor_ = layout_->family.relatives[next.value_or(*from)].member->id;
    }
    mouse_.reset();
    bringIntoView(*indexOf(cursor_));
    announce();
    update();
}

void LineageCanvas::announce() {
    auto at = mouse_ ? boxAt(*mouse_) : std::nullopt;
    if (!at) at = indexOf(cursor_);
    const auto text = at && snapshot_ ? relativeText(layout_->family.relatives[*at], *snapshot_) : QString();
    if (text == accessibleDescription()) return;
    setAccessibleDescription(text);
    Q_EMIT readoutChanged(text);
}

void LineageCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto colors = colorsOf(palette());
    painter.fillRect(rect(), colors.background);
    if (isEmpty() || !snapshot_) return;
    painter.save();
    painter.translate(origin_);
    painter.scale(scale_, scale_);
    // Rings and hints reach beyond their boxes.
    const double around = fontMetrics().height();
    const QRectF seen(-origin_ / scale_, QSizeF(size()) / scale_);
    paintLineage(painter, {*layout_, *snapshot_, colors, indexOf(subject_), indexOf(selected_),
                           hasFocus() ? indexOf(cursor_) : std::nullopt, hasFocus(),
                           seen.adjusted(-around, -around, around, around)});
    painter.restore();
    const double line = fontMetrics().height();
    const QRectF foot(0, height() - 1.6 * line, width(), 1.6 * line);
    painter.fillRect(foot, colors.background);
    paintLineageLegend(painter, colors, foot.topLeft() + QPointF(line * 0.5, line * 0.3), foot.width() - line);
}

FigurePainter LineageCanvas::figure(const FigurePage& page) const {
    if (isEmpty() || !snapshot_) return nullptr;
    // Boxes were laid out for the letters of the screen; they become smaller or larger together.
    auto letters = font();
    letters.setPixelSize(QFontInfo(font()).pixelSize());
    return [page, letters, layout = layout_, snapshot = snapshot_, subject = indexOf(subject_),
            selected = indexOf(selected_)](QPainter& painter) {
        constexpr double kFrame = 4.0;
        const auto colors = page.colors();
        const double line = QFontMetricsF(page.font).height();
        const QSizeF room(page.size.width(), page.size.height() - 2.0 * line);
        const QSizeF all(layout->size.width() + 2 * kFrame, layout->size.height() + 2 * kFrame);
        const double scale = std::min({room.width() / all.width(), room.height() / all.height(),
                                       static_cast<double>(page.font.pixelSize()) / letters.pixelSize()});
        painter.save();
        painter.translate((room.width() - all.width() * scale) / 2, (room.height() - all.height() * scale) / 2);
        painter.scale(scale, scale);
        painter.translate(kFrame, kFrame);
        painter.setFont(letters);
        paintLineage(painter, {*layout, *snapshot, colors, subject, selected, {}});
        painter.restore();
        paintLineageLegend(painter, colors, {0.0, page.size.height() - line}, page.size.width());
    };
}

double LineageCanvas::figureShape() const {
    return isEmpty() ? 0.0 : layout_->size.height() / std::max(1.0, layout_->size.width());
}

bool LineageCanvas::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto at = boxAt(help->pos());
    QToolTip::showText(help->globalPos(),
                       at && snapshot_ ? relativeText(layout_->family.relatives[*at], *snapshot_) : QString(), this);
    return true;
}

void LineageCanvas::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) update();
}

void LineageCanvas::resizeEvent(QResizeEvent*) {
    if (seesAll_) seeAll();
}

void LineageCanvas::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void LineageCanvas::wheelEvent(QWheelEvent* event) {
    if (event->angleDelta().y() != 0) zoom(std::pow(kZoomStep, event->angleDelta().y() / 120.0), event->position());
    event->accept();
}

void LineageCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
    pressed_ = event->position();
    originAtPress_ = origin_;
    dragging_ = false;
}

void LineageCanvas::mouseMoveEvent(QMouseEvent* event) {
    mouse_ = event->position();
    if (pressed_ && (event->position() - *pressed_).manhattanLength() >= QApplication::startDragDistance())
        dragging_ = true;
    if (dragging_) {
        origin_ = originAtPress_ + event->position() - *pressed_;
        seesAll_ = false;
        update();
    }
    announce();
}

void LineageCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !std::exchange(pressed_, {})) return;
    if (std::exchange(dragging_, false)) return;
    if (const auto at = boxAt(event->position())) {
        cursor_ = layout_->family.relatives[*at].member->id;
        Q_EMIT memberSelected(*cursor_);
    }
}

void LineageCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    const auto at = boxAt(event->position());
    if (event->button() == Qt::LeftButton && at) Q_EMIT toggled(layout_->family.relatives[*at].member->id);
}

void LineageCanvas::leaveEvent(QEvent*) {
    mouse_.reset();
    announce();
}

void LineageCanvas::keyPressEvent(QKeyEvent* event) {
    if (isEmpty()) return QWidget::keyPressEvent(event);
    switch (event->key()) {
        case Qt::Key_Up: moveCursor(Way::Up); break;
        case Qt::Key_Down: moveCursor(Way::Down); break;
        case Qt::Key_Left: moveCursor(Way::Left); break;
        case Qt::Key_Right: moveCursor(Way::Right); break;
        case Qt::Key_Plus:
        case Qt::Key_Equal: zoomIn(); break;
        case Qt::Key_Minus: zoomOut(); break;
        case Qt::Key_Home: seeAll(); break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (cursor_) Q_EMIT memberSelected(*cursor_);
            break;
        case Qt::Key_Space:
            if (const auto at = cursor_ ? cursor_ : selected_; indexOf(at)) Q_EMIT toggled(*at);
            break;
        default: QWidget::keyPressEvent(event);
    }
}

}  // namespace mergarium
