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
    NarrowSum(const TensorInputs& inputs, bool normalize) : models_(inputs.models), dtype_(inputs.dtype) {
        double total = 0.0;
        for (const auto& model : models_) {
            weights_.push_back(rounded(dtype_, model.parameters.find("weight")->second));
            total += static_cast<double>(weights_.back());
        }
        divisor_ = normalize ? rounded(dtype_, total) : 1.0f;
    }

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
    std::vector<double> coefficients;
    double total = 0.0;
    for (const auto& model : inputs.models) {
        coefficients.push_back(model.parameters.find("weight")->second);
        total += coefficients.back();
    }
    const bool normalize = inputs.flag("normalize");
    if (normalize && total == 0.0)
        inputs.refuse(
            "the models' weights add up to 0, and normalize divides by their sum; give other weights, or "
            "normalize: false");
    if (sizeOf(inputs.dtype) == 2) return std::make_unique<NarrowSum>(inputs, normalize);
    for (auto& coefficient : coefficients) coefficient /= normalize ? total : 1.0;
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
