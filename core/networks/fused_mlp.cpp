#include "core/networks/fused_mlp.h"

#include "core/kernels/simd.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace mergarium {
namespace {

constexpr std::size_t kWidth = FusedMlp::kLogitsPerRow;
constexpr std::size_t kRows = FusedMlp::kRowsPerTile;
/// Tiles that go through the first layer together: a panel of its weights is used for all of them while it is in the
/// cache.
constexpr std::size_t kTilesPerBlock = 16;
/// Columns of the hidden layer per panel of weights: 64 inputs x 64 columns are 16 KB.
constexpr std::size_t kPanel = 64;
constexpr std::size_t kMostHidden = 1024;

struct Weights {
    std::size_t inputs, hidden;
    const float *inputWeights, *inputBias, *outputWeights, *outputBias;
};

/// hidden = max(0, inputs * W1 + b1) for one tile and `Vectors` vectors of columns: Rows x Vectors sums stay in
/// registers.
template <typename Register, std::size_t Vectors>
[[gnu::always_inline]] inline void hiddenColumns(const Weights& weights, const float* inputs, std::size_t column,
                                                 float* hidden) {
    using Vector = typename Register::Vector;
    Vector sums[kRows][Vectors];
    for (std::size_t row = 0; row < kRows; ++row)
        for (std::size_t v = 0; v < Vectors; ++v)
            sums[row][v] = *reinterpret_cast<const Vector*>(weights.inputBias + column + v * kLanes<Register>);
    for (std::size_t k = 0; k < weights.inputs; ++k) {
        const float* from = weights.inputWeights + k * weights.hidden + column;
        Vector weight[Vectors];
        for (std::size_t v = 0; v < Vectors; ++v)
            weight[v] = *reinterpret_cast<const Vector*>(from + v * kLanes<Register>);
        for (std::size_t row = 0; row < kRows; ++row) {
            const float input = inputs[row * weights.inputs + k];
            for (std::size_t v = 0; v < Vectors; ++v) sums[row][v] += input * weight[v];
        }
    }
    for (std::size_t row = 0; row < kRows; ++row)
        for (std::size_t v = 0; v < Vectors; ++v) {
            const Vector zero = {};
            *reinterpret_cast<Vector*>(hidden + row * weights.hidden + column + v * kLanes<Register>) =
                sums[row][v] > zero ? sums[row][v] : zero;
        }
}

/// logits = hidden * W2 + b2 for one tile and a vector of columns. Even and odd terms are summed apart, so that
/// additions need not wait for each other.
template <typename Register>
[[gnu::always_inline]] inline void outputColumns(const Weights& weights, const float* hidden, std::size_t column,
                                                 float* logits) {
    using Vector = typename Register::Vector;
    Vector even[kRows], odd[kRows];
    for (std::size_t row = 0; row < kRows; ++row) {
        even[row] = *reinterpret_cast<const Vector*>(weights.outputBias + column);
        odd[row] = Vector{};
    }
    for (std::size_t k = 0; k < weights.hidden; k += 2) {
        const Vector first = *reinterpret_cast<const Vector*>(weights.outputWeights + k * kWidth + column);
        const Vector second = *reinterpret_cast<const Vector*>(weights.outputWeights + (k + 1) * kWidth + column);
        for (std::size_t row = 0; row < kRows; ++row) {
            even[row] += hidden[row * weights.hidden + k] * first;
            odd[row] += hidden[row * weights.hidden + k + 1] * second;
        }
    }
    for (std::size_t row = 0; row < kRows; ++row)
        *reinterpret_cast<Vector*>(logits + row * kWidth + column) = even[row] + odd[row];
}

/// At most kTilesPerBlock tiles.
template <typename Register, std::size_t Vectors>
[[gnu::always_inline]] inline void forwardBlock(const Weights& weights, const float* inputs, std::size_t tiles,
                                                float* logits) {
    alignas(64) static thread_local std::array<float, kTilesPerBlock * kRows * kMostHidden> hidden;
    for (std::size_t panel = 0; panel < weights.hidden; panel += kPanel)
        for (std::size_t tile = 0; tile < tiles; ++tile)
            for (std::size_t column = panel; column < panel + kPanel; column += Vectors * kLanes<Register>)
                hiddenColumns<Register, Vectors>(weights, inputs + tile * kRows * weights.inputs, column,
                                                 hidden.data() + tile * kRows * weights.hidden);
    for (std::size_t tile = 0; tile < tiles; ++tile)
        for (std::size_t column = 0; column < kWidth; column += kLanes<Register>)
            outputColumns<Register>(weights, hidden.data() + tile * kRows * weights.hidden, column,
                                    logits + tile * kRows * kWidth);
}

using Forward = void (*)(const Weights&, const float*, std::size_t, float*);

void forwardPortable(const Weights& weights, const float* inputs, std::size_t tiles, float* logits) {
    forwardBlock<Of4, 2>(weights, inputs, tiles, logits);
}

#if defined(__x86_64__)
// 24 of 32 registers hold sums.
[[gnu::target("avx512f,avx512vl,avx512dq,avx512bw,prefer-vector-width=512")]] void forwardAvx512(const Weights& weights,
                                                                                                 const float* inputs,
                                                                                                 std::size_t tiles,
                                                                                                 float* logits) {
    forwardBlock<Of16, 4>(weights, inputs, tiles, logits);
}

// 12 of 16 registers hold sums.
[[gnu::target("avx2,fma")]] void forwardAvx2(const Weights& weights, const float* inputs, std::size_t tiles,
                                             float* logits) {
    forwardBlock<Of8, 2>(weights, inputs, tiles, logits);
}

Forward bestForward() {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw"))
        return forwardAvx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return forwardAvx2;
    return forwardPortable;
}
#else
Forward bestForward() { return forwardPortable; }
#endif

}  // namespace

TiledRows::TiledRows(std::span<const float> values, std::size_t rows, std::size_t columns)
    : rows_(rows), columns_(columns), values_((rows + kRows - 1) / kRows * kRows * columns) {
    std::copy_n(values.begin(), rows * columns, values_.begin());
}

std::size_t TiledRows::tiles() const { return (rows_ + kRows - 1) / kRows; }

const float* TiledRows::tile(std::size_t index) const { return values_.data() + index * kRows * columns_; }

bool FusedMlp::supports(const Mlp::Shape& shape) {
    const auto hidden = static_cast<std::size_t>(shape.hidden);
    return shape.inputs > 0 && shape.outputs > 0 && static_cast<std::size_t>(shape.outputs) <= kWidth && hidden > 0 &&
           hidden <= kMostHidden && hidden % kPanel == 0;
}

FusedMlp::FusedMlp(Mlp::Shape shape)
    : shape_(shape), outputWeights_(static_cast<std::size_t>(shape.hidden) * kWidth), outputBias_(kWidth) {}

void FusedMlp::load(std::span<const float> parameters) {
    parameters_ = parameters.data();
    const auto inputs = static_cast<std::size_t>(shape_.inputs);
    const auto hidden = static_cast<std::size_t>(shape_.hidden);
    const auto outputs = static_cast<std::size_t>(shape_.outputs);
    const float* weights = parameters_ + (inputs + 1) * hidden;
    for (std::size_t k = 0; k < hidden; ++k)
        std::copy_n(weights + k * outputs, outputs, outputWeights_.data() + k * kWidth);
    std::copy_n(weights + hidden * outputs, outputs, outputBias_.data());
}

void FusedMlp::forward(const TiledRows& inputs, std::size_t begin, std::size_t end, float* logits) const {
    static const Forward kForward = bestForward();
    const auto hidden = static_cast<std::size_t>(shape_.hidden);
    const Weights weights{.inputs = static_cast<std::size_t>(shape_.inputs),
                          .hidden = hidden,
                          .inputWeights = parameters_,
                          .inputBias = parameters_ + static_cast<std::size_t>(shape_.inputs) * hidden,
                          .outputWeights = outputWeights_.data(),
                          .outputBias = outputBias_.data()};
    for (std::size_t tile = begin; tile < end; tile += kTilesPerBlock) {
        const std::size_t tiles = std::min(kTilesPerBlock, end - tile);
        kForward(weights, inputs.tile(tile), tiles, logits + (tile - begin) * kRows * kWidth);
    }
}

}  // namespace mergarium
