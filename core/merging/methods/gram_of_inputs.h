#pragma once

#include "core/merging/methods/method.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace mergarium {

/// Inner products of several vectors: every norm and angle of their combinations comes from them.
struct InnerProducts {
    std::size_t size = 0;
    /// Row by row.
    std::vector<double> values;

    double of(std::size_t i, std::size_t j) const { return values[i * size + j]; }
    double normOf(std::size_t i) const;
    /// Of two combinations, given by their coefficients.
    double between(std::span<const double> a, std::span<const double> b) const;
    double normOf(std::span<const double> coefficients) const;
};

/// Of whole tensors; less the base's where there is one. Reads them once.
InnerProducts innerProducts(const TensorInputs& inputs, std::span<const TensorInputs::Model* const> models,
                            const TensorInputs::Model* base);

/// Of every row along the last dimension, `use(row, products)`, from several threads.
void innerProductsOfRows(const TensorInputs& inputs, std::span<const TensorInputs::Model* const> models,
                         const TensorInputs::Model* base,
                         const std::function<void(std::uint64_t row, const InnerProducts&)>& use);

}  // namespace mergarium
