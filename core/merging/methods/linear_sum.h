#pragma once

#include "core/merging/methods/method.h"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace mergarium {

/// A number times each input, summed up in fp32: `coefficients` as the inputs' models.
std::unique_ptr<TensorMerge> linearSum(const TensorInputs& inputs, const std::vector<double>& coefficients);

/// What the coefficients of vectors that are differences from the base make of the models themselves: `ofOthers` as
/// inputs.others(); the base gets what is left of `rest`.
std::vector<double> coefficientsFrom(const TensorInputs& inputs, const std::vector<double>& ofOthers, double rest);

/// The sum of weights, which `key` divides by. Refused where they cancel out, but for what rounding leaves of them.
double divisorOf(const TensorInputs& inputs, std::span<const double> weights, std::string_view key);

/// The sum of another number times each input for every vector along a dimension.
class RowSums final : public TensorMerge {
public:
    /// Element e belongs to the vector e / length where `along` is Last, to e % vectors where it is First.
    enum class Along { Last, First };

    RowSums(const TensorInputs& inputs, Along along);

    std::uint64_t vectors() const { return vectors_; }
    /// Coefficients of a vector, as the inputs' models.
    std::span<float> of(std::uint64_t vector) {
        return std::span(coefficients_).subspan(vector * models_.size(), models_.size());
    }
    void values(std::uint64_t begin, std::span<float> out) const override;

private:
    std::vector<TensorInputs::Model> models_;
    Along along_;
    std::uint64_t length_ = 1, vectors_ = 1;
    std::vector<float> coefficients_;
};

}  // namespace mergarium
