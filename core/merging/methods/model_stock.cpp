// Model Stock: between the models' mean and their base, by how nearly their differences from it point the same way.
// Jang, Yun, Han: "Model Stock: all we need is just a few fine-tuned models", ECCV 2024, arXiv 2403.19522.
#include "core/merging/methods/gram_of_inputs.h"
#include "core/merging/methods/linear_sum.h"
#include "core/merging/methods/methods.h"

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

constexpr double kLeastNorms = 1e-6;

/// How much of the models' mean is taken.
double shareOfMean(const TensorInputs& inputs, const InnerProducts& products) {
    double sum = 0.0;
    std::size_t pairs = 0;
    for (std::size_t i = 0; i < products.size; ++i)
        for (std::size_t j = i + 1; j < products.size; ++j, ++pairs)
            sum += std::clamp(products.of(i, j) / std::max(products.normOf(i) * products.normOf(j), kLeastNorms), -1.0,
                              1.0);
    const double cosine = sum / static_cast<double>(pairs), count = static_cast<double>(products.size);
    const double divisor = 1.0 + (count - 1.0) * cosine;
    if (divisor < kLeastNorms)
        inputs.refuse(
            "the models differ from the base in opposite directions, and model_stock has no share of a mean "
            "of such; merge this tensor otherwise");
    return count * cosine / divisor;
}

std::unique_ptr<TensorMerge> prepareModelStock(const TensorInputs& inputs) {
    const auto models = inputs.others();
    const auto coefficients = [&](const InnerProducts& products) {
        const double share = shareOfMean(inputs, products);
        return coefficientsFrom(inputs, std::vector(models.size(), share / static_cast<double>(models.size())), 1.0);
    };
    if (!inputs.flag("filter_wise") || inputs.shape.size() < 2)
        return linearSum(inputs, coefficients(innerProducts(inputs, models, inputs.base())));
    auto sums = std::make_unique<RowSums>(inputs, RowSums::Along::Last);
    innerProductsOfRows(inputs, models, inputs.base(), [&](std::uint64_t row, const InnerProducts& products) {
        std::ranges::transform(coefficients(products), sums->of(row).begin(),
                               [](double one) { return static_cast<float>(one); });
    });
    return sums;
}

}  // namespace

MergeMethod modelStockMethod() {
    return {.name = "model_stock",
            .isRecipe = true,
            .base = BaseRule::Required,
            .least = 2,
            .parameters = {{.name = "filter_wise", .standard = 0.0, .kind = MethodParameter::Kind::Flag}},
            .prepare = prepareModelStock};
}

}  // namespace mergarium
