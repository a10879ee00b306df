// Slerp: along the great arc from the base to the other model, each tensor as one vector.
// Shoemake: "Animating rotation with quaternion curves", SIGGRAPH 1985.
#include "core/merging/methods/gram_of_inputs.h"
#include "core/merging/methods/linear_sum.h"
#include "core/merging/methods/methods.h"

#include <cmath>

namespace mergarium {
namespace {

/// Beyond this cosine the arc is taken as straight.
constexpr double kStraight = 0.9995;
constexpr double kLeastNorm = 1e-8;

std::unique_ptr<TensorMerge> prepareSlerp(const TensorInputs& inputs) {
    const std::vector<const TensorInputs::Model*> ends{inputs.base(), inputs.others().front()};
    const auto products = innerProducts(inputs, ends, nullptr);
    const auto unit = [&](std::size_t i) { return products.normOf(i) > kLeastNorm ? products.normOf(i) : 1.0; };
    const double t = inputs.parameter("t");
    const double cosine = products.of(0, 1) / (unit(0) * unit(1));
    double first = 1.0 - t, second = t;
    if (std::abs(cosine) <= kStraight) {
        const double angle = std::acos(cosine);
        first = std::sin(angle * (1.0 - t)) / std::sin(angle);
        second = std::sin(angle * t) / std::sin(angle);
    }
    std::vector<double> coefficients;
    for (const auto& model : inputs.models) coefficients.push_back(model.isBase ? first : second);
    return linearSum(inputs, coefficients);
}

}  // namespace

MergeMethod slerpMethod() {
    return {.name = "slerp",
            .isRecipe = true,
            .base = BaseRule::Required,
            .least = 1,
            .most = 1,
            .parameters = {{.name = "t", .standard = std::nullopt}},
            .prepare = prepareSlerp};
}

}  // namespace mergarium
