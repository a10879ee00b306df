#include "core/founders/adapters/low_rank_sum.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace mergarium {
namespace {

/// A matrix of rows x columns as fp32, transposed if asked.
std::vector<float> matrixOf(const StoredTensor& tensor, std::size_t rows, std::size_t columns, bool turned) {
    std::vector<float> values(rows * columns);
    toFloats(tensor.dtype, tensor.bytes, values);
    if (!turned) return values;
    std::vector<float> result(values.size());
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column)
            result[column * rows + row] = values[row * columns + column];
    return result;
}

/// weight * scale * left * right, of the base's shape.
class Product {
public:
    explicit Product(const WeightedDelta& one)
        : rank_(static_cast<std::size_t>(one.delta->down->shape.front())),
          scale_(static_cast<float>(one.weight * one.delta->scale)) {
        const auto outputs = static_cast<std::size_t>(one.delta->up->shape.front());
        const auto inputs = static_cast<std::size_t>(one.delta->down->count / rank_);
        if (one.delta->transposed) {
            left_ = matrixOf(*one.delta->down, rank_, inputs, true);
            right_ = matrixOf(*one.delta->up, outputs, rank_, true);
        } else {
            left_ = matrixOf(*one.delta->up, outputs, rank_, false);
            right_ = matrixOf(*one.delta->down, rank_, inputs, false);
        }
    }

    void addRow(std::size_t row, std::span<float> values, std::span<float> sums) const {
        std::ranges::fill(sums, 0.0f);
        for (std::size_t k = 0; k < rank_; ++k) {
            const float factor = left_[row * rank_ + k];
            const float* from = right_.data() + k * sums.size();
            for (std::size_t column = 0; column < sums.size(); ++column) sums[column] += factor * from[column];
        }
        for (std::size_t column = 0; column < sums.size(); ++column) values[column] += scale_ * sums[column];
    }

private:
    std::size_t rank_;
    float scale_;
    std::vector<float> left_, right_;
};

/// The base's rows with everything that is added to them.
class Rows {
public:
    Rows(const TensorDescription& base, const std::byte* bytes, std::span<const WeightedDelta> deltas)
        : base_(base),
          bytes_(bytes),
          rows_(static_cast<std::size_t>(base.shape.front())),
          values_(static_cast<std::size_t>(base.count / rows_)),
          sums_(values_.size()) {
        products_.reserve(deltas.size());
        for (const auto& delta : deltas) products_.emplace_back(delta);
    }

    std::size_t count() const { return rows_; }
    std::size_t width() const { return values_.size(); }
    /// Until the next one.
    std::span<float> at(std::size_t row) {
        toFloats(base_.dtype, bytes_ + row * width() * sizeOf(base_.dtype), values_);
        for (const auto& product : products_) product.addRow(row, values_, sums_);
        return values_;
    }

private:
    const TensorDescription& base_;
    const std::byte* bytes_;
    std::size_t rows_;
    std::vector<float> values_, sums_;
    std::vector<Product> products_;
};

/// magnitude / norm, output by output.
std::vector<float> factorsOf(const LoraDelta& delta, Rows& rows) {
    std::vector<float> factors(delta.magnitude->count);
    toFloats(delta.magnitude->dtype, delta.magnitude->bytes, factors);
    std::vector<double> squares(factors.size());
    for (std::size_t row = 0; row < rows.count(); ++row) {
        const auto values = rows.at(row);
        for (std::size_t column = 0; column < values.size(); ++column) {
            const double value = values[column];
            squares[delta.transposed ? column : row] += value * value;
        }
    }
    for (std::size_t i = 0; i < factors.size(); ++i)
        factors[i] = static_cast<float>(static_cast<double>(factors[i]) / std::sqrt(squares[i]));
    return factors;
}

}  // namespace

void addDeltas(const TensorDescription& base, const std::byte* bytes, std::span<const WeightedDelta> deltas,
               DType dtype, std::byte* to) {
    Rows rows(base, bytes, deltas);
    const auto* decomposed = deltas.front().delta->magnitude ? deltas.front().delta : nullptr;
    const auto factors = decomposed ? factorsOf(*decomposed, rows) : std::vector<float>();
    for (std::size_t row = 0; row < rows.count(); ++row) {
        const auto values = rows.at(row);
        if (decomposed)
            for (std::size_t column = 0; column < values.size(); ++column)
                values[column] *= factors[decomposed->transposed ? column : row];
        fromFloats(dtype, values, to + row * rows.width() * sizeOf(dtype));
    }
}

}  // namespace mergarium
