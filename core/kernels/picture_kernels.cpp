#include "core/kernels/picture_kernels.h"

#include "core/kernels/activations.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace mergarium {
namespace {

/// Numbers that are added up in single precision before they go into a double.
constexpr std::size_t kSummed = 4096;

/// The last few of a row, with `filler` behind them.
[[gnu::always_inline]] inline Vector16 loadSome(const float* from, std::size_t count, float filler) {
    alignas(64) float all16[kVectorWidth];
    for (std::size_t i = 0; i < kVectorWidth; ++i) all16[i] = i < count ? from[i] : filler;
    return load(all16);
}

[[gnu::always_inline]] inline void storeSome(float* to, std::size_t count, Vector16 values) {
    alignas(64) float all16[kVectorWidth];
    store(all16, values);
    for (std::size_t i = 0; i < count; ++i) to[i] = all16[i];
}

[[gnu::always_inline]] inline float sumOf(Vector16 values) {
    float sum = 0.0F;
    for (std::size_t i = 0; i < kVectorWidth; ++i) sum += values[i];
    return sum;
}

/// to[i] = function(from[i]) for all of a row.
template <class Function>
[[gnu::always_inline]] inline void mapRow(std::size_t width, const float* from, float* to, const Function& function) {
    std::size_t i = 0;
    for (; i + kVectorWidth <= width; i += kVectorWidth) store(to + i, function(load(from + i)));
    if (i < width) storeSome(to + i, width - i, function(loadSome(from + i, width - i, 0.0F)));
}

/// The sum of function(x) over a row; `filler` is what adds nothing.
template <class Function>
[[gnu::always_inline]] inline double sumRow(std::size_t width, const float* from, float filler,
                                            const Function& function) {
    double total = 0.0;
    for (std::size_t begin = 0; begin < width; begin += kSummed) {
        const std::size_t end = std::min(width, begin + kSummed);
        Vector16 sums{};
        std::size_t i = begin;
        for (; i + kVectorWidth <= end; i += kVectorWidth) sums += function(load(from + i));
        if (i < end) sums += function(loadSome(from + i, end - i, filler));
        total += static_cast<double>(sumOf(sums));
    }
    return total;
}

struct Moments {
    float mean = 0.0F;
    /// 1 / sqrt(variance + epsilon)
    float scale = 0.0F;
};

[[gnu::always_inline]] inline Moments momentsOf(std::size_t count, const float* from, float epsilon) {
    const auto number = static_cast<double>(count);
    const double first = sumRow(
                             count, from, 0.0F, [](Vector16 x) __attribute__((always_inline)) { return x; }) /
                         number;
    const auto mean = static_cast<float>(first);
    const double squares = sumRow(
        count, from, mean, [mean](Vector16 x) __attribute__((always_inline)) {
            const Vector16 distance = x - mean;
            return distance * distance;
        });
    return {.mean = mean,
            .scale = static_cast<float>(1.0 / std::sqrt(squares / number + static_cast<double>(epsilon)))};
}

struct NormaliseGroup {
    const NormGroup& group;
    const float* from;
    float* to;

    template <class Tiles>
    [[gnu::always_inline]] void run() const {
        const auto [mean, scale] = momentsOf(group.channels * group.pixels, from, group.epsilon);
        for (std::size_t channel = 0; channel < group.channels; ++channel) {
            const float factor = scale * group.weight[channel], shift = group.bias[channel] - mean * factor;
            const std::size_t at = channel * group.pixels;
            const auto affine = [ factor, shift ](Vector16 x) __attribute__((always_inline)) {
                return x * factor + shift;
            };
            if (group.activated)
                mapRow(
                    group.pixels, from + at, to + at, [&affine](Vector16 x) __attribute__((always_inline)) {
                        return mergarium::activated(Activation::Silu, affine(x));
                    });
            else
                mapRow(group.pixels, from + at, to + at, affine);
        }
    }
};

struct NormaliseRow {
    const NormRow& row;
    const float* from;
    float* to;

    template <class Tiles>
    [[gnu::always_inline]] void run() const {
        const auto [mean, scale] = momentsOf(row.width, from, row.epsilon);
        std::size_t i = 0;
        for (; i + kVectorWidth <= row.width; i += kVectorWidth)
            store(to + i, (load(from + i) - mean) * scale * load(row.weight + i) + load(row.bias + i));
        if (const std::size_t left = row.width - i; left > 0)
            storeSome(to + i, left,
                      (loadSome(from + i, left, mean) - mean) * scale * loadSome(row.weight + i, left, 0.0F) +
                          loadSome(row.bias + i, left, 0.0F));
    }
};

struct ActivateRow {
    std::size_t width;
    float* row;

    template <class Tiles>
    [[gnu::always_inline]] void run() const {
        mapRow(
            width, row, row, [](Vector16 x) __attribute__((always_inline)) { return activated(Activation::Silu, x); });
    }
};

struct SoftmaxRow {
    std::size_t width;
    float* row;

    template <class Tiles>
    [[gnu::always_inline]] void run() const {
        constexpr float kLeast = -std::numeric_limits<float>::infinity();
        Vector16 most = all(kLeast);
        std::size_t i = 0;
        for (; i + kVectorWidth <= width; i += kVectorWidth) most = largest(most, load(row + i));
        if (i < width) most = largest(most, loadSome(row + i, width - i, kLeast));
        float top = kLeast;
        for (std::size_t lane = 0; lane < kVectorWidth; ++lane) top = std::max(top, most[lane]);
        mapRow(
            width, row, row, [top](Vector16 x) __attribute__((always_inline)) { return exponential(x - top); });
        const double sum = sumRow(
            width, row, 0.0F, [](Vector16 x) __attribute__((always_inline)) { return x; });
        const auto scale = static_cast<float>(1.0 / sum);
        mapRow(
            width, row, row, [scale](Vector16 x) __attribute__((always_inline)) { return x * scale; });
    }
};

struct GateRow {
    std::size_t width;
    const float* row;
    float* to;

    template <class Tiles>
    [[gnu::always_inline]] void run() const {
        std::size_t i = 0;
        for (; i + kVectorWidth <= width; i += kVectorWidth)
            store(to + i, load(row + i) * activated(Activation::Gelu, load(row + width + i)));
        if (const std::size_t left = width - i; left > 0)
            storeSome(
                to + i, left,
                loadSome(row + i, left, 0.0F) * activated(Activation::Gelu, loadSome(row + width + i, left, 0.0F)));
    }
};

/// One row of outputs at one place of the square: outputs [begin, end) of it.
void copyRow(const Patches& patches, const float* channel, std::int64_t y, std::int64_t shift, std::int64_t begin,
             std::int64_t end, float* to) {
    if (y < 0 || y >= patches.height) {
        std::fill(to, to + (end - begin), 0.0F);
        return;
    }
    const float* row = channel + y * patches.width;
    if (patches.stride > 1) {
        for (auto x = begin; x < end; ++x) {
            const auto column = x * patches.stride + shift;
            *to++ = column >= 0 && column < patches.width ? row[column] : 0.0F;
        }
        return;
    }
    const auto from = std::clamp(-shift, begin, end), until = std::clamp(patches.width - shift, from, end);
    to = std::fill_n(to, from - begin, 0.0F);
    if (until > from) std::memcpy(to, row + from + shift, static_cast<std::size_t>(until - from) * sizeof(float));
    std::fill_n(to + (until - from), end - until, 0.0F);
}

}  // namespace

void normaliseGroup(const NormGroup& group, const float* from, float* to) {
    runVectorised(NormaliseGroup{.group = group, .from = from, .to = to});
}

void normaliseRow(const NormRow& row, const float* from, float* to) {
    runVectorised(NormaliseRow{.row = row, .from = from, .to = to});
}

void activateRow(std::size_t width, float* row) { runVectorised(ActivateRow{.width = width, .row = row}); }

void softmaxRow(std::size_t width, float* row) { runVectorised(SoftmaxRow{.width = width, .row = row}); }

void gateRow(std::size_t width, const float* row, float* to) {
    runVectorised(GateRow{.width = width, .row = row, .to = to});
}

void copyPatches(const Patches& patches, const float* picture, float* to) {
    for (std::int64_t channel = 0; channel < patches.channels; ++channel)
        for (std::int64_t place = 0; place < patches.side * patches.side; ++place) {
            const float* of = picture + channel * patches.height * patches.width;
            for (auto output = patches.first; output < patches.first + patches.count;) {
                const auto row = output / patches.outputWidth, begin = output % patches.outputWidth;
                const auto end = std::min(patches.outputWidth, begin + patches.first + patches.count - output);
                copyRow(patches, of, row * patches.stride - patches.before + place / patches.side,
                        place % patches.side - patches.before, begin, end, to);
                to += end - begin;
                output += end - begin;
            }
        }
}

}  // namespace mergarium
