// Passthrough: one model's tensor as it is, or times a number: for stacks of layers.
// Kim, Park, Kim et al.: "SOLAR 10.7B: scaling large language models with simple yet effective depth up-scaling", NAACL
// 2024, arXiv 2312.15166.
#include "core/merging/methods/linear_sum.h"
#include "core/merging/methods/methods.h"

namespace mergarium {
namespace {

std::unique_ptr<TensorMerge> preparePassthrough(const TensorInputs& inputs) {
    return linearSum(inputs, {inputs.models.front().parameters.find("scale")->second});
}

}  // namespace

MergeMethod passthroughMethod() {
    return {.name = "passthrough",
            .isRecipe = true,
            .least = 1,
            .most = 1,
            .parameters = {{.name = "scale", .standard = 1.0, .of = MethodParameter::Of::Model}},
            .prepare = preparePassthrough};
}

}  // namespace mergarium
