#pragma once

#include "core/images/image.h"

#include <cstddef>

namespace mergarium {

/// A part of a picture, in pixels from the left and from the top.
struct ImageWindow {
    std::size_t left = 0;
    std::size_t top = 0;
    std::size_t width = 0;
    std::size_t height = 0;
    bool operator==(const ImageWindow&) const = default;
};

/// A picture in another size, to the bit as Pillow makes it (Image.resize with BICUBIC): Keys' cubic with a = -0.5
/// (Keys, "Cubic convolution interpolation for digital image processing", 1981), widened where the picture becomes
/// smaller; along the rows, rounded to 8 bits, then along the columns. Throws std::invalid_argument where a side is 0.
/// Any thread.
Image resized(const Image& image, std::size_t width, std::size_t height);

/// The same, of which only a part is made: time and memory are the window's. The window lies in the resized picture.
Image resized(const Image& image, std::size_t width, std::size_t height, const ImageWindow& window);

}  // namespace mergarium
