#include "core/images/resize.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace mergarium {
namespace {

/// Weights are whole numbers of 2^-22: two bits of an int hold what overshoots, eight the value.
constexpr int kBits = 32 - 8 - 2;
constexpr std::int32_t kHalf = 1 << (kBits - 1);

/// Keys' cubic, a = -0.5; 0 beyond 2.
double cubic(double x) {
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
    if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
    return 0.0;
}

/// Which source values one value is a sum of.
struct Taps {
    std::size_t first = 0;
    std::vector<std::int32_t> weights;
};

/// Of the values [begin, begin + count) of a side that becomes `to` long.
std::vector<Taps> tapsOf(std::size_t from, std::size_t to, std::size_t begin, std::size_t count) {
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double wider = std::max(scale, 1.0);
    const double reach = 2.0 * wider;
    std::vector<Taps> all(count);
    std::vector<double> weights;
    for (std::size_t i = 0; i < count; ++i) {
        const double centre = (static_cast<double>(begin + i) + 0.5) * scale;
        const auto first = static_cast<std::size_t>(std::max(centre - reach + 0.5, 0.0));
        const auto end = std::min(static_cast<std::size_t>(centre + reach + 0.5), from);
        weights.clear();
        double sum = 0.0;
        for (auto source = first; source < end; ++source) {
            weights.push_back(cubic((static_cast<double>(source) - centre + 0.5) * (1.0 / wider)));
            sum += weights.back();
        }
        all[i].first = first;
        for (const double weight : weights) {
            const double whole = (sum != 0.0 ? weight / sum : weight) * (1 << kBits);
            all[i].weights.push_back(static_cast<std::int32_t>(whole + (whole < 0.0 ? -0.5 : 0.5)));
        }
    }
    return all;
}

/// A sum of values that lie `stride` apart.
std::uint8_t sumOf(const std::uint8_t* values, std::size_t stride, const Taps& taps) {
    std::int32_t sum = kHalf;
    for (const auto weight : taps.weights) {
        sum += weight * *values;
        values += stride;
    }
    return static_cast<std::uint8_t>(std::clamp(sum >> kBits, 0, 255));
}

}  // namespace

Image resized(const Image& image, std::size_t width, std::size_t height) {
    return resized(image, width, height, {.width = width, .height = height});
}

Image resized(const Image& image, std::size_t width, std::size_t height, const ImageWindow& window) {
    if (image.width == 0 || image.height == 0 || window.width == 0 || window.height == 0)
        throw std::invalid_argument("A picture without pixels can't be resized.");
    if (window.width > width || window.left > width - window.width || window.height > height ||
        window.top > height - window.height)
        throw std::invalid_argument("A part of a resized picture must lie in it.");
    const auto columns = tapsOf(image.width, width, window.left, window.width);
    const auto rows = tapsOf(image.height, height, window.top, window.height);

    // The rows that those of the window are made of. A side that keeps its length keeps its values.
    const bool sameRows = height == image.height;
    const auto firstRow = sameRows ? window.top : rows.front().first;
    const auto endRow = sameRows ? window.top + window.height : rows.back().first + rows.back().weights.size();
    Image wide{.width = window.width, .height = endRow - firstRow, .pixels = {}};
    wide.pixels.resize(3 * wide.width * wide.height);
    auto* to = wide.pixels.data();
    for (auto y = firstRow; y < endRow; ++y) {
        const auto* row = image.pixels.data() + 3 * image.width * y;
        for (std::size_t x = 0; x < window.width; ++x)
            for (std::size_t channel = 0; channel < 3; ++channel)
                *to++ = width == image.width ? row[3 * (window.left + x) + channel]
                                             : sumOf(row + 3 * columns[x].first + channel, 3, columns[x]);
    }
    if (sameRows) return wide;

    Image result{.width = window.width, .height = window.height, .pixels = {}};
    result.pixels.resize(3 * result.width * result.height);
    to = result.pixels.data();
    const auto stride = 3 * wide.width;
    for (const auto& taps : rows)
        for (std::size_t x = 0; x < stride; ++x)
            *to++ = sumOf(wide.pixels.data() + stride * (taps.first - firstRow) + x, stride, taps);
    return result;
}

}  // namespace mergarium
