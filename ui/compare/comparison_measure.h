#pragma once

#include "core/comparison/comparison.h"

#include <QString>

#include <span>

namespace mergarium {

/// What of the compared runs is looked at.
struct ComparisonMeasure {
    QString name;
    Band ArmResult::*band = nullptr;
    Summary ArmResult::*end = nullptr;
    /// Shown in percent; entropy is a number by itself.
    bool percent = true;
};

/// Test score first.
std::span<const ComparisonMeasure> comparisonMeasures();

}  // namespace mergarium
