#include "ui/tour/tour_frame.h"

#include "ui/theme/theme.h"

#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <array>

namespace mergarium {
namespace {

constexpr double kLine = 3.0;
/// Half as wide as it is at the card.
constexpr double kBeak = 9.0;

/// From the card's edge to the nearest of the target's, where the card lies beside it; else empty.
QPolygonF beak(const QRectF& card, const QRectF& target) {
    const auto across = [](double low, double high, double wish) {
        return std::clamp(wish, std::min(low + 2 * kBeak, high), std::max(low, high - 2 * kBeak));
    };
    const double y = across(card.top(), card.bottom(), target.center().y());
    const double x = across(card.left(), card.right(), target.center().x());
    const QPointF down(0, kBeak), right(kBeak, 0);
    const auto from = [](QPointF base, QPointF half, QPointF tip) {
        return QPolygonF({base - half, tip, base + half});
    };
    if (card.left() >= target.right()) return from({card.left(), y}, down, {target.right(), y});
    if (card.right() <= target.left()) return from({card.right(), y}, down, {target.left(), y});
    if (card.top() >= target.bottom()) return from({x, card.top()}, right, {x, target.bottom()});
    if (card.bottom() <= target.top()) return from({x, card.bottom()}, right, {x, target.top()});
    return {};
}

}  // namespace

QRect cardPlace(const QRect& window, const QRect& target, QSize size, int gap) {
    const auto within = window.adjusted(gap, gap, -gap, -gap);
    const auto clamped = [&](QRect card) {
        card.moveLeft(std::max(within.left(), std::min(card.left(), within.right() + 1 - card.width())));
        card.moveTop(std::max(within.top(), std::min(card.top(), within.bottom() + 1 - card.height())));
        return card;
    };
    QRect card({}, size);
    card.moveCenter((target.isEmpty() ? window : target).center());
    if (target.isEmpty()) return clamped(card);

    auto right = card, left = card, below = card, above = card;
    right.moveLeft(target.right() + 1 + gap);
    left.moveRight(target.left() - 1 - gap);
    below.moveTop(target.bottom() + 1 + gap);
    above.moveBottom(target.top() - 1 - gap);
    for (const auto& beside : std::array{clamped(left), clamped(right), clamped(below), clamped(above)})
        if (!beside.intersects(target.adjusted(-gap, -gap, gap, gap))) return beside;
    card.moveBottomRight(target.bottomRight() - QPoint(2 * gap, 2 * gap));
    return clamped(card);
}

TourFrame::TourFrame(QWidget* window) : QWidget(window) {
    setObjectName("tourFrame");
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
}

void TourFrame::show(const QRect& target, const QRect& card) {
    target_ = target;
    card_ = card;
    setGeometry(parentWidget()->rect());
    raise();
    update();
    setVisible(true);
}

void TourFrame::paintEvent(QPaintEvent*) {
    if (target_.isEmpty()) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto colors = colorsOf(palette());
    const double half = kLine / 2;
    const auto frame = QRectF(target_).adjusted(half, half, -half, -half);
    // Also where what is framed has the frame's colour.
    painter.setPen(QPen(colors.background, kLine + 2, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    painter.drawRect(frame);
    painter.setPen(QPen(colors.accent, kLine, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    painter.drawRect(frame);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors.accent);
    painter.drawPolygon(beak(QRectF(card_), QRectF(target_)));
}

}  // namespace mergarium
