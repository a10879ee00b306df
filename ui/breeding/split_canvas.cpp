#include "ui/breeding/split_canvas.h"

#include "ui/theme/theme.h"

#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace mergarium {
namespace {

/// How near a split point the mouse must be, in logical pixels.
constexpr double kReach = 6.0;

/// Through all ribbons, so that one sees what is cut.
void paintCuts(QPainter& painter, const GenomeGeometry& g, const std::vector<std::uint64_t>& splits,
               std::optional<std::size_t> dragged) {
    const double top = g.tensors.top(), height = g.map.bottom() - top;
    for (std::size_t index = 0; index < splits.size(); ++index) {
        const double x = std::round(g.xOf(static_cast<double>(splits[index])));
        if (x < g.map.left() || x > g.map.right()) continue;
        painter.fillRect(QRectF(x - 1.0, top, 3.0, height), Qt::white);
        painter.fillRect(QRectF(x, top, dragged == index ? 2.0 : 1.0, height), Qt::black);
    }
}

}  // namespace

SplitCanvas::SplitCanvas(QWidget* parent) : GenomeCanvas(parent) {
    setAccessibleName(tr("Two parents and their child, with split points"));
    setContextMenuPolicy(Qt::CustomContextMenu);
    connect(this, &QWidget::customContextMenuRequested, this, [this](const QPoint& point) {
        if (const auto split = splitAt(point)) return remove(*split);
        if (!actions().isEmpty()) QMenu::exec(actions(), mapToGlobal(point), nullptr, this);
    });
}

void SplitCanvas::setSplits(std::vector<std::uint64_t> splits) {
    splits_ = std::move(splits);
    update();
}

void SplitCanvas::become(std::vector<std::uint64_t> splits) {
    if (splits == splits_) return;
    setSplits(std::move(splits));
    Q_EMIT splitsChanged();
}

void SplitCanvas::add(std::uint64_t position) {
    auto splits = splits_;
    const auto place = std::ranges::lower_bound(splits, position);
    if (place != splits.end() && *place == position) return;
    splits.insert(place, position);
    become(std::move(splits));
}

void SplitCanvas::remove(std::size_t index) {
    auto splits = splits_;
    splits.erase(splits.begin() + static_cast<std::ptrdiff_t>(index));
    become(std::move(splits));
}

void SplitCanvas::move(std::size_t index, std::uint64_t position) {
    auto splits = splits_;
    const auto least = index == 0 ? 0 : splits[index - 1];
    const auto most = index + 1 == splits.size() ? positionCount() - 1 : splits[index + 1];
    splits[index] = std::clamp<std::uint64_t>(position, least, most);
    become(std::move(splits));
}

std::optional<std::size_t> SplitCanvas::splitAt(QPointF point) const {
    if (isEmpty()) return {};
    const auto g = places();
    if (point.y() < g.tensors.top() || point.y() > g.map.bottom()) return {};
    std::optional<std::size_t> nearest;
    double reach = kReach;
    for (std::size_t index = 0; index < splits_.size(); ++index) {
        const double distance = std::abs(g.xOf(static_cast<double>(splits_[index])) - point.x());
        if (distance <= reach) std::tie(nearest, reach) = std::pair(std::optional(index), distance);
    }
    return nearest;
}

std::optional<std::uint64_t> SplitCanvas::positionAt(QPointF point) const {
    if (isEmpty()) return {};
    const double position = std::floor(places().positionAt(point.x()));
    return static_cast<std::uint64_t>(std::clamp(position, 0.0, static_cast<double>(positionCount() - 1)));
}

void SplitCanvas::choose(const Target& target) {
    if (!target.position) GenomeCanvas::choose(target);
}

void SplitCanvas::paintEvent(QPaintEvent* event) {
    GenomeCanvas::paintEvent(event);
    if (isEmpty()) return;
    QPainter painter(this);
    paintCuts(painter, places(), splits_, dragged_);
}

FigurePainter SplitCanvas::figure(const FigurePage& page) const {
    const auto ribbons = GenomeCanvas::figure(page);
    if (!ribbons) return nullptr;
    return [ribbons, places = placesOn(page), splits = splits_](QPainter& painter) {
        ribbons(painter);
        paintCuts(painter, places, splits, {});
    };
}

void SplitCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) dragged_ = splitAt(event->position());
    if (!dragged_) GenomeCanvas::mousePressEvent(event);
}

void SplitCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (dragged_)
        move(*dragged_, *positionAt(event->position()));
    else
        GenomeCanvas::mouseMoveEvent(event);
    if (event->buttons() == Qt::NoButton)
        QWidget::setCursor(splitAt(event->position()) ? Qt::SplitHCursor : Qt::ArrowCursor);
}

void SplitCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (std::exchange(dragged_, std::nullopt))
        update();
    else
        GenomeCanvas::mouseReleaseEvent(event);
}

void SplitCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    const auto target = targetAt(event->position());
    if (event->button() == Qt::LeftButton && target.position) add(*target.position);
}

void SplitCanvas::keyPressEvent(QKeyEvent* event) {
    const auto at = cursor();
    if (!at || isEmpty()) return GenomeCanvas::keyPressEvent(event);
    const auto column = columnAt(at->position);
    const auto here =
        std::ranges::find_if(splits_, [&](std::uint64_t split) { return split >= column.begin && split < column.end; });
    const auto index = static_cast<std::size_t>(here - splits_.begin());
    const bool found = here != splits_.end();
    if (event->key() == Qt::Key_S && event->modifiers() == Qt::NoModifier) {
        found ? remove(index) : add(at->position);
        return;
    }
    const int direction = event->key() == Qt::Key_Left ? -1 : event->key() == Qt::Key_Right ? 1 : 0;
    if (!found || direction == 0 || !event->modifiers().testFlag(Qt::ControlModifier))
        return GenomeCanvas::keyPressEvent(event);
    // A column further, and the cursor with it.
    const auto width = column.end - column.begin;
    const auto to = direction < 0 ? (at->position < width ? 0 : at->position - width)
                                  : std::min(at->position + width, positionCount() - 1);
    move(index, to);
    setCursor(CanvasCell{static_cast<std::size_t>(splits_[index]), at->row});
}

}  // namespace mergarium
