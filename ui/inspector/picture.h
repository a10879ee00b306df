#pragma once

#include "core/tasks/sample_set.h"

#include <QPixmap>

#include <cstddef>

namespace mergarium {

/// A sample's picture in a square of `side` device-independent pixels, every pixel sharp where it is enlarged; null
/// when it has none.
QPixmap pictureOf(const SampleSet& samples, std::size_t sample, int side, double devicePixelRatio);

}  // namespace mergarium
