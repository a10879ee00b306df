#pragma once

#include <QString>

class QHBoxLayout;
class QLabel;
class QWidget;

namespace mergarium {

class RowCanvas;

/// Buttons that zoom a canvas in, out, and to all of it.
void addZoomButtons(QHBoxLayout* row, RowCanvas* canvas, const QString& meaningOfAll);

/// Two lines under a canvas that say what there is to read.
QLabel* makeReadout(QWidget* parent);

}  // namespace mergarium
