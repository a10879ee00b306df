// NuSLERP: slerp of two models by their weights, of whole tensors or of vectors in them, or of their differences from a
// base. The same arc as slerp's (Shoemake: "Animating rotation with quaternion curves", SIGGRAPH 1985), as mergekit
// parametrises it (Goddard et al.: "Arcee's MergeKit", EMNLP 2024, arXiv 2403.13257).
#include "core/merging/methods/gram_of_inputs.h"
#include "core/merging/methods/linear_sum.h"
#include "core/merging/methods/methods.h"
#include "core/merging/methods/stretches.h"

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

constexpr double kLeastVector = 1e-7;
constexpr double kLeastSine = 1e-8;
constexpr double kLeastWeights = 1e-6;

/// Of the two vectors.
std::pair<double, double> arcCoefficients(double squaredFirst, double product, double squaredSecond, double t) {
    const auto norm = [](double squared) { return std::max(std::sqrt(squared), kLeastVector); };
    const double cosine = std::clamp(product / (norm(squaredFirst) * norm(squaredSecond)), -1.0, 1.0);
    const double angle = std::acos(cosine), sine = std::sin(angle);
    if (std::abs(sine) < kLeastSine) return {1.0 - t, t};
    return {std::sin((1.0 - t) * angle) / sine, std::sin(t * angle) / sine};
}

/// Products of all vectors along the first dimension: columns.
std::vector<double> columnProducts(const TensorInputs& inputs, std::span<const TensorInputs::Model* const> ends,
                                   const TensorInputs::Model* base, std::uint64_t columns) {
    std::vector<double> sums(3 * columns);
    StretchReader reader(ends, base);
    eachStretch(0, inputs.count, [&](auto from, auto to) {
        reader.show(from, to);
        for (std::size_t i = 0; i < to - from; ++i) {
            const double a = reader.of(0)[i], b = reader.of(1)[i];
            auto* sum = sums.data() + 3 * ((from + i) % columns);
            sum[0] += a * a;
            sum[1] += a * b;
            sum[2] += b * b;
        }
    });
    return sums;
}

std::unique_ptr<TensorMerge> prepareNuslerp(const TensorInputs& inputs) {
    const auto ends = inputs.others();
    const auto* base = inputs.base();
    const double first = ends[0]->parameters.find("weight")->second,
                 second = ends[1]->parameters.find("weight")->second;
    const double t = std::abs(first + second) < kLeastWeights ? 0.5 : second / (first + second);
    const auto whole = [&](double squaredFirst, double product, double squaredSecond) {
        const auto [a, b] = arcCoefficients(squaredFirst, product, squaredSecond, t);
        return coefficientsFrom(inputs, {a, b}, 1.0);
    };
    if (inputs.flag("nuslerp_flatten") || inputs.shape.size() < 2) {
        const auto products = innerProducts(inputs, ends, base);
        return linearSum(inputs, whole(products.of(0, 0), products.of(0, 1), products.of(1, 1)));
    }
    const bool columns = inputs.flag("nuslerp_row_wise");
    auto sums = std::make_unique<RowSums>(inputs, columns ? RowSums::Along::First : RowSums::Along::Last);
    const auto note = [&](std::uint64_t vector, double squaredFirst, double product, double squaredSecond) {
        const auto coefficients = whole(squaredFirst, product, squaredSecond);
        std::ranges::transform(coefficients, sums->of(vector).begin(),
                               [](double one) { return static_cast<float>(one); });
    };
    if (columns) {
        const auto products = columnProducts(inputs, ends, base, sums->vectors());
        for (std::uint64_t vector = 0; vector < sums->vectors(); ++vector)
            note(vector, products[3 * vector], products[3 * vector + 1], products[3 * vector + 2]);
    } else {
        innerProductsOfRows(inputs, ends, base, [&](std::uint64_t row, const InnerProducts& products) {
            note(row, products.of(0, 0), products.of(0, 1), products.of(1, 1));
        });
    }
    return sums;
}

}  // namespace

MergeMethod nuslerpMethod() {
    using enum MethodParameter::Kind;
    using enum MethodParameter::Of;
    return {.name = "nuslerp",
            .isRecipe = true,
            .base = BaseRule::Optional,
            .least = 2,
            .most = 2,
            .parameters = {{.name = "weight", .standard = std::nullopt, .of = Model},
                           {.name = "nuslerp_flatten", .standard = 1.0, .kind = Flag},
                           {.name = "nuslerp_row_wise", .standard = 0.0, .kind = Flag}},
            .prepare = prepareNuslerp};
}

}  // namespace mergarium
