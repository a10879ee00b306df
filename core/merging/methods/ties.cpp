// TIES: the largest entries of each difference, signs elected entry by entry, and the mean of those that agree.
// Yadav, Tam, Choshen, Raffel, Bansal: "TIES-Merging: resolving interference when merging models", NeurIPS 2023, arXiv
// 2306.01708.
#include "core/merging/methods/methods.h"
#include "core/merging/methods/task_vectors.h"

namespace mergarium {
namespace {

std::unique_ptr<TensorMerge> prepareTies(const TensorInputs& inputs) {
    return mergeTaskVectors(inputs, keepLargest, Signs::Elected);
}

}  // namespace

MergeMethod tiesMethod() {
    return {.name = "ties",
            .base = BaseRule::Required,
            .least = 1,
            .passesOver = true,
            .parameters = taskVectorParameters(
                true, false, {{.name = "density", .standard = 1.0, .of = MethodParameter::Of::Model}}),
            .prepare = prepareTies};
}

}  // namespace mergarium
