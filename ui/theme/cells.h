#pragma once

#include <QRectF>

class QImage;
class QPainter;

namespace mergarium {

/// Paints an image of few pixels, each a cell with sharp edges, into `place`. On paper, where viewers blur what they
/// enlarge, areas of one colour are drawn as such, unless these are more than some thousand.
void paintCells(QPainter& painter, const QRectF& place, const QImage& cells);

}  // namespace mergarium
