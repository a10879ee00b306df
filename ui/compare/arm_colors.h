#pragma once

#include "ui/theme/theme.h"

#include <QColor>
#include <Qt>

#include <cstddef>

namespace mergarium {

/// How an arm is drawn: told apart by its line as well as by its colour.
struct ArmStyle {
    QColor color;
    Qt::PenStyle line = Qt::SolidLine;
};

ArmStyle armStyle(std::size_t arm, const Colors& colors);

}  // namespace mergarium
