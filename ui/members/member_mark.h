#pragma once

#include <QColor>
#include <QRectF>

class QPainter;

namespace mergarium {

/// Marks at the edge of rows: told apart by shape as well as by colour.
enum class MemberMark { Newborn, Parent };

void paintMark(QPainter& painter, const QRectF& place, const QColor& color, MemberMark mark);

}  // namespace mergarium
