// DARE: entries of each difference dropped at random and the rest rescaled, then task arithmetic.
// Yu, Yu, Yu, Huang, Li: "Language models are super Mario: absorbing abilities from homologous models as a free lunch",
// ICML 2024, arXiv 2311.03099.
#include "core/merging/methods/methods.h"
#include "core/merging/methods/task_vectors.h"

namespace mergarium {
namespace {

std::unique_ptr<TensorMerge> prepareDareLinear(const TensorInputs& inputs) {
    return mergeTaskVectors(inputs, keepAtRandom, Signs::Any);
}

}  // namespace

MergeMethod dareLinearMethod() {
    return {.name = "dare_linear",
            .base = BaseRule::Required,
            .least = 1,
            .isRandom = true,
            .passesOver = true,
            .parameters = taskVectorParameters(
                false, true, {{.name = "density", .standard = 1.0, .of = MethodParameter::Of::Model}}),
            .prepare = prepareDareLinear};
}

}  // namespace mergarium
