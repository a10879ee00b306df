// Multi-SLERP: the weighted mean of any number of models' directions in the tangent space at their mean direction.
// The barycentre of points on a sphere: Buss, Fillmore: "Spherical averages and applications to spherical splines and
// interpolation", ACM Transactions on Graphics 20(2), 2001; one step of it, as mergekit takes it (arXiv 2403.13257).
#include "core/merging/methods/gram_of_inputs.h"
#include "core/merging/methods/linear_sum.h"
#include "core/merging/methods/methods.h"

#include <cmath>

namespace mergarium {
namespace {

std::unique_ptr<TensorMerge> prepareMultislerp(const TensorInputs& inputs) {
    const auto models = inputs.others();
    const auto products = innerProducts(inputs, models, inputs.base());
    const double eps = inputs.parameter("eps");
    const auto size = models.size();
    // One is its own mean, whatever it weighs.
    if (size == 1) return linearSum(inputs, coefficientsFrom(inputs, {1.0}, inputs.base() ? 1.0 : 0.0));
    std::vector<double> weights;
    for (const auto* model : models) weights.push_back(model->parameters.find("weight")->second);
    if (inputs.flag("normalize_weights")) {
        const double total = divisorOf(inputs, weights, "normalize_weights");
        for (auto& weight : weights) weight /= total;
    }
    // Of unit vectors, of their mean, and so on: all as coefficients of the models.
    std::vector<double> units(size), mean(size);
    double length = 0.0;
    for (std::size_t i = 0; i < size; ++i) {
        // Zeros stay zeros, whatever they are divided by.
        units[i] = products.normOf(i) > 0.0 ? 1.0 / (products.normOf(i) + eps) : 0.0;
        mean[i] = weights[i] * units[i];
        length += weights[i] * products.normOf(i);
    }
    const double meanNorm = products.normOf(mean);
    if (meanNorm <= eps) {
        if (size > 2)
            inputs.refuse(
                "the models' directions cancel out, and multislerp has no mean of more than two that do; "
                "merge this tensor otherwise");
        return linearSum(inputs, coefficientsFrom(inputs, weights, inputs.base() ? 1.0 : 0.0));
    }
    for (auto& one : mean) one /= meanNorm;
    std::vector<double> tangent(size);
    for (std::size_t i = 0; i < size; ++i) {
        std::vector<double> unit(size);
        unit[i] = units[i];
        const double along = products.between(unit, mean);
        tangent[i] += weights[i] * units[i];
        for (std::size_t j = 0; j < size; ++j) tangent[j] -= weights[i] * along * mean[j];
    }
    const double angle = products.normOf(tangent) + eps;
    const double slope = angle > 0.0 ? std::sin(angle) / angle : 1.0;
    std::vector<double> result(size);
    for (std::size_t i = 0; i < size; ++i) result[i] = length * (mean[i] * std::cos(angle) + tangent[i] * slope);
    return linearSum(inputs, coefficientsFrom(inputs, result, inputs.base() ? 1.0 : 0.0));
}

}  // namespace

MergeMethod multislerpMethod() {
    using enum MethodParameter::Kind;
    using enum MethodParameter::Of;
    return {.name = "multislerp",
            .isRecipe = true,
            .base = BaseRule::Optional,
            .least = 1,
            .parameters = {{.name = "weight", .standard = std::nullopt, .of = Model},
                           {.name = "normalize_weights", .standard = 1.0, .kind = Flag},
                           {.name = "eps", .standard = 1e-8}},
            .prepare = prepareMultislerp};
}

}  // namespace mergarium
