// Linear: the weighted mean of all models.
// Wortsman, Ilharco, Gadre et al.: "Model soups: averaging weights of multiple fine-tuned models improves accuracy
// without increasing inference time", ICML 2022, arXiv 2203.05482.
#include "core/merging/methods/linear_sum.h"
#include "core/merging/methods/methods.h"
#include "core/merging/methods/rounding.h"
#include "core/merging/methods/stretches.h"

namespace mergarium {
namespace {

/// In 16 bits mergekit rounds weights, products, the sum, the sum of the weights and the quotient, each once.
class NarrowSum final : public TensorMerge {
public:
    /// `weights` are of inputs.dtype.
    NarrowSum(const TensorInputs& inputs, std::span<const double> weights, double divisor)
        : models_(inputs.models),
          dtype_(inputs.dtype),
          weights_(weights.begin(), weights.end()),
          divisor_(rounded(dtype_, divisor)) {}

    void values(std::uint64_t begin, std::span<float> out) const override {
        std::ranges::fill(out, 0.0f);
        for (std::size_t k = 0; k < models_.size(); ++k)
            eachStretch(0, out.size(), [&](auto from, auto to) {
                const auto products = threadsFloats(0, kStretch).first(to - from);
                models_[k].tensor->read(begin + from, products);
                for (auto& product : products) product *= weights_[k];
                roundTo(dtype_, products);
                for (std::size_t i = 0; i < products.size(); ++i) out[from + i] += products[i];
            });
        roundTo(dtype_, out);
        for (auto& value : out) value /= divisor_;
    }

private:
    std::vector<TensorInputs::Model> models_;
    DType dtype_;
    std::vector<float> weights_;
    float divisor_ = 1.0f;
};

std::unique_ptr<TensorMerge> prepareLinear(const TensorInputs& inputs) {
    const bool isNarrow = sizeOf(inputs.dtype) == 2, normalize = inputs.flag("normalize");
    std::vector<double> coefficients;
    for (const auto& model : inputs.models) {
        const double weight = model.parameters.find("weight")->second;
        coefficients.push_back(isNarrow ? static_cast<double>(rounded(inputs.dtype, weight)) : weight);
    }
    const double divisor = normalize ? divisorOf(inputs, coefficients, "normalize") : 1.0;
    if (isNarrow) return std::make_unique<NarrowSum>(inputs, coefficients, divisor);
    for (auto& coefficient : coefficients) coefficient /= divisor;
    return linearSum(inputs, coefficients);
}

}  // namespace

MergeMethod linearMethod() {
    using enum MethodParameter::Kind;
    using enum MethodParameter::Of;
    return {.name = "linear",
            .isRecipe = true,
            .parameters = {{.name = "weight", .standard = std::nullopt, .of = Model},
                           {.name = "normalize", .standard = 1.0, .kind = Flag}},
            .prepare = prepareLinear};
}

}  // namespace mergarium
