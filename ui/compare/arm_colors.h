#pragma once

#include "ui/theme/theme.h"

#include <QColor>
#include <QPixmap>
#include <Qt>

#include <cstddef>

namespace mergarium {

/// How an arm is drawn: told apart by its line as well as by its colour.
struct ArmStyle {
    QColor color;
    Qt::PenStyle line = Qt::SolidLine;
};

ArmStyle armStyle(std::size_t arm, const Colors& colors);

/// A piece of the arm's line, to stand before its name; `height` in pixels of the screen.
QPixmap armSwatch(const ArmStyle& style, int height);

}  // namespace mergarium
