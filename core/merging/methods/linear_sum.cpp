#include "core/merging/methods/linear_sum.h"

#include "core/merging/methods/stretches.h"

#include <fmt/format.h>

#include <cmath>

namespace mergarium {
namespace {

/// A negative zero stays one.
void multiply(std::span<float> values, float factor) {
    if (factor == 1.0f) return;
    for (auto& value : values) value *= factor;
}

void add(std::span<const float> values, float factor, std::span<float> sums) {
    for (std::size_t i = 0; i < values.size(); ++i) sums[i] += factor * values[i];
}

class LinearSum final : public TensorMerge {
public:
    LinearSum(const TensorInputs& inputs, const std::vector<double>& coefficients) {
        for (std::size_t i = 0; i < coefficients.size(); ++i)
            if (coefficients[i] != 0.0)
                terms_.emplace_back(inputs.models[i].tensor, static_cast<float>(coefficients[i]));
    }

    void values(std::uint64_t begin, std::span<float> out) const override {
        if (terms_.empty()) std::ranges::fill(out, 0.0f);
        eachStretch(0, out.size(), [&](auto from, auto to) {
            const auto sums = out.subspan(from, to - from);
            for (std::size_t k = 0; k < terms_.size(); ++k) {
                const auto& [tensor, coefficient] = terms_[k];
                const auto numbers = k == 0 ? sums : threadsFloats(0, kStretch).first(to - from);
                tensor->read(begin + from, numbers);
                if (k == 0)
                    multiply(sums, coefficient);
                else
                    add(numbers, coefficient, sums);
            }
        });
    }

private:
    std::vector<std::pair<std::shared_ptr<const InputTensor>, float>> terms_;
};

}  // namespace

std::unique_ptr<TensorMerge> linearSum(const TensorInputs& inputs, const std::vector<double>& coefficients) {
    return std::make_unique<LinearSum>(inputs, coefficients);
}

std::vector<double> coefficientsFrom(const TensorInputs& inputs, const std::vector<double>& ofOthers, double rest) {
    std::vector<double> coefficients;
    std::size_t other = 0;
    for (const auto& model : inputs.models) {
        coefficients.push_back(model.isBase ? 0.0 : ofOthers[other]);
        if (!model.isBase) rest -= ofOthers[other++];
    }
    for (std::size_t i = 0; i < inputs.models.size(); ++i)
        if (inputs.models[i].isBase) coefficients[i] = rest;
    return coefficients;
}

RowSums::RowSums(const TensorInputs& inputs, Along along) : models_(inputs.models), along_(along) {
    length_ = inputs.rowLength();
    if (along == Along::Last) {
        vectors_ = inputs.count / length_;
    } else {
        const auto first =
            inputs.shape.empty() ? 1 : std::max<std::uint64_t>(1, static_cast<std::uint64_t>(inputs.shape.front()));
        vectors_ = inputs.count / first;
    }
    coefficients_.resize(vectors_ * models_.size());
}

void RowSums::values(std::uint64_t begin, std::span<float> out) const {
    std::ranges::fill(out, 0.0f);
    for (std::size_t model = 0; model < models_.size(); ++model)
        eachStretch(0, out.size(), [&](auto from, auto to) {
            const auto numbers = threadsFloats(0, kStretch).first(to - from);
            models_[model].tensor->read(begin + from, numbers);
            for (std::size_t i = 0; i < numbers.size(); ++i) {
                const auto element = begin + from + i;
                const auto vector = along_ == Along::Last ? element / length_ : element % vectors_;
                out[from + i] += coefficients_[vector * models_.size() + model] * numbers[i];
            }
        });
}

double divisorOf(const TensorInputs& inputs, std::span<const double> weights, std::string_view key) {
    constexpr double kLeast = 1e-6;
    double sum = 0.0, sizes = 0.0;
    for (const auto weight : weights) {
        sum += weight;
        sizes += std::abs(weight);
    }
    if (std::abs(sum) <= kLeast * sizes)
        inputs.refuse(
            fmt::format("the models' weights add up to 0, and {} divides by their sum; give other weights, or "
                        "{}: false",
                        key, key));
    return sum;
}

}  // namespace mergarium
