#pragma once

#include "core/tasks/sample_set.h"

#include <QImage>

#include <cstddef>

namespace mergarium {

/// A copy of a picture of the task's.
QImage imageOf(const Picture& picture);
/// A sample's picture; null where it has none.
QImage imageOf(const SampleSet& samples, std::size_t sample);

/// The image as it is best seen in so many pixels: what is enlarged to the double or more keeps its pixels sharp.
QImage fitted(const QImage& image, QSize pixels);

}  // namespace mergarium
