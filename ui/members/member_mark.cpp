#include "ui/members/member_mark.h"

#include <QPainter>

#include <algorithm>

namespace mergarium {

void paintMark(QPainter& painter, const QRectF& place, const QColor& color, MemberMark mark) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const double size = std::min(place.width(), place.height());
    const QPointF c = place.center();
    const double r = size / 2;
    if (mark == MemberMark::Newborn)
        painter.drawPolygon(QPolygonF{{c.x() - r * 0.8, c.y() - r}, {c.x() + r, c.y()}, {c.x() - r * 0.8, c.y() + r}});
    else
        painter.drawPolygon(QPolygonF{{c.x() - r, c.y()}, {c.x(), c.y() - r}, {c.x() + r, c.y()}, {c.x(), c.y() + r}});
    painter.restore();
}

}  // namespace mergarium
