#pragma once

#include "core/networks/mlp.h"

#include <cstddef>
#include <span>
#include <vector>

namespace mergarium {

/// Rows of a batch as the fused pass needs them: padded with zero rows to whole tiles.
class TiledRows {
public:
    /// `values` holds `rows` x `columns` numbers, row after row.
    TiledRows(std::span<const float> values, std::size_t rows, std::size_t columns);

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    std::size_t tiles() const;
    const float* tile(std::size_t index) const;

private:
    std::size_t rows_;
    std::size_t columns_;
    std::vector<float> values_;
};

/// Both layers of the digits' perceptron in one pass on one CPU core: a few rows at a time go through, their hidden
/// activations never leave the cache, and no library's threads or locks are involved. Uses what the processor has
/// (AVX-512, AVX2, or whatever the compiler makes of it); sums go over the inputs in order, so results depend on the
/// kind of processor, and on nothing else.
class FusedMlp {
public:
    static constexpr std::size_t kRowsPerTile = 6;
    /// Logits of one row, the first `outputs` of them used.
    static constexpr std::size_t kLogitsPerRow = 16;

    /// Whether a shape can be taken: at most 16 outputs, a hidden layer of whole vectors.
    static bool supports(const Mlp::Shape& shape);

    explicit FusedMlp(Mlp::Shape shape);

    /// Loads a model: `parameters` in the layout of Mlp. They are read by every `forward` and must outlive it.
    void load(std::span<const float> parameters);

    /// The logits of tiles [begin, end) go to `logits`, kRowsPerTile x kLogitsPerRow values per tile. Threads may call
    /// it together for different tiles.
    void forward(const TiledRows& inputs, std::size_t begin, std::size_t end, float* logits) const;

private:
    Mlp::Shape shape_;
    const float* parameters_ = nullptr;
    /// Output weights and biases, rows padded to kLogitsPerRow.
    std::vector<float> outputWeights_;
    std::vector<float> outputBias_;
};

}  // namespace mergarium
