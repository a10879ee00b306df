// DARE with TIES: entries of each difference dropped at random and the rest rescaled, then signs are elected.
// Yu, Yu, Yu, Huang, Li: "Language models are super Mario: absorbing abilities from homologous models as a free lunch",
// ICML 2024, arXiv 2311.03099.
// Yadav, Tam, Choshen, Raffel, Bansal: "TIES-Merging: resolving interference when merging models", NeurIPS 2023, arXiv
// 2306.01708.
#include "core/merging/methods/methods.h"
#include "core/merging/methods/task_vectors.h"

namespace mergarium {
namespace {

std::unique_ptr<TensorMerge> prepareDareTies(const TensorInputs& inputs) {
    return mergeTaskVectors(inputs, keepAtRandom, Signs::Elected);
}

}  // namespace

MergeMethod dareTiesMethod() {
    return {.name = "dare_ties",
            .base = BaseRule::Required,
            .least = 1,
            .isRandom = true,
            .passesOver = true,
            .parameters = taskVectorParameters(
                false, true, {{.name = "density", .standard = 1.0, .of = MethodParameter::Of::Model}}),
            .prepare = prepareDareTies};
}

}  // namespace mergarium
