#pragma once

#include "core/trial/trial.h"
#include "ui/pictures/board_content.h"

namespace mergarium {

/// Whether any founder painted something.
bool paints(const Trial& trial);

/// What the founders painted for the samples that were tried, beside the references: founder k as member k + 1.
BoardContent picturesOf(const Trial& trial);

}  // namespace mergarium
