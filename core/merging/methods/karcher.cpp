// Karcher mean: the point of the sphere whose squared angles to all models' directions are least.
// Karcher: "Riemannian center of mass and mollifier smoothing", Communications on Pure and Applied Mathematics 30(5),
// 1977.
#include "core/merging/methods/gram_of_inputs.h"
#include "core/merging/methods/linear_sum.h"
#include "core/merging/methods/methods.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

constexpr double kLeastSine = 1e-7;
constexpr double kMostSteps = 10'000;

/// Coefficients of the unit vector that is sought, of the `chosen` vectors.
std::vector<double> meanDirection(const InnerProducts& products, const std::vector<std::size_t>& chosen,
                                  double tolerance, std::uint64_t steps) {
    const auto normalise = [&](std::vector<double>& vector) {
        const double norm = products.normOf(vector);
        for (auto& one : vector) one /= norm;
    };
    const auto unitOf = [&](std::size_t i) {
        std::vector<double> unit(products.size);
        unit[i] = 1.0 / products.normOf(i);
        return unit;
    };
    std::vector<double> direction(products.size);
    for (const auto i : chosen) direction[i] = 1.0 / (products.normOf(i) * static_cast<double>(chosen.size()));
    if (products.normOf(direction) < tolerance)
        direction = unitOf(chosen.front());
    else
        normalise(direction);
    for (std::uint64_t step = 0; step < steps; ++step) {
        std::vector<double> tangent(products.size);
        for (const auto i : chosen) {
            const double cosine = std::clamp(products.between(unitOf(i), direction), -1.0, 1.0);
            const double angle = std::acos(cosine);
            // To what lies opposite every way is as short as another: it pulls nowhere.
            if (angle < tolerance || std::sin(angle) < kLeastSine) continue;
            const double share = angle / (std::sin(angle) * static_cast<double>(chosen.size()));
            for (std::size_t j = 0; j < products.size; ++j) tangent[j] -= share * cosine * direction[j];
            tangent[i] += share / products.normOf(i);
        }
        const double length = products.normOf(tangent);
        if (length <= tolerance) break;
        for (std::size_t j = 0; j < products.size; ++j)
            direction[j] = std::cos(length) * direction[j] + std::sin(length) * tangent[j] / length;
        normalise(direction);
    }
    return direction;
}

std::unique_ptr<TensorMerge> prepareKarcher(const TensorInputs& inputs) {
    std::vector<const TensorInputs::Model*> models;
    for (const auto& model : inputs.models) models.push_back(&model);
    const auto products = innerProducts(inputs, models, nullptr);
    const double tolerance = inputs.parameter("tol"), steps = inputs.parameter("max_iter");
    if (steps < 0.0 || steps > kMostSteps || steps != std::floor(steps))
        inputs.refuse(fmt::format("max_iter is {}, which is no whole number from 0 to {}", steps, kMostSteps));
    std::vector<std::size_t> chosen;
    double length = 0.0;
    for (std::size_t i = 0; i < models.size(); ++i) {
        length += products.normOf(i) / static_cast<double>(models.size());
        if (products.normOf(i) > tolerance) chosen.push_back(i);
    }
    std::vector<double> coefficients(models.size());
    if (!chosen.empty()) {
        coefficients = meanDirection(products, chosen, tolerance, static_cast<std::uint64_t>(steps));
        for (auto& one : coefficients) one *= length;
    }
    return linearSum(inputs, coefficients);
}

}  // namespace

MergeMethod karcherMethod() {
    using enum MethodParameter::Kind;
    return {.name = "karcher",
            .isRecipe = true,
            .parameters = {{.name = "max_iter", .standard = 10.0, .kind = Whole}, {.name = "tol", .standard = 1e-5}},
            .prepare = prepareKarcher};
}

}  // namespace mergarium
