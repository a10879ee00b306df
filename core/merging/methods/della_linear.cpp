// DELLA without elected signs: entries dropped by their magnitude's rank in their row, then task arithmetic.
// Deep, Bhardwaj, Poria: "DELLA-Merging: reducing interference in model merging through magnitude-based sampling",
// 2024, arXiv 2406.11617.
#include "core/merging/methods/methods.h"
#include "core/merging/methods/task_vectors.h"

namespace mergarium {
namespace {

std::unique_ptr<TensorMerge> prepareDellaLinear(const TensorInputs& inputs) {
    return mergeTaskVectors(inputs, keepByRank, Signs::Any);
}

}  // namespace

MergeMethod dellaLinearMethod() {
    return {
        .name = "della_linear",
        .base = BaseRule::Required,
        .least = 1,
        .isRandom = true,
        .passesOver = true,
        .parameters = taskVectorParameters(false, true,
                                           {{.name = "density", .standard = 1.0, .of = MethodParameter::Of::Model},
                                            {.name = "epsilon", .standard = 0.15, .of = MethodParameter::Of::Model}}),
        .prepare = prepareDellaLinear};
}

}  // namespace mergarium
