// DELLA: entries dropped with a probability that falls with their magnitude's rank in their row; signs are elected.
// Deep, Bhardwaj, Poria: "DELLA-Merging: reducing interference in model merging through magnitude-based sampling",
// 2024, arXiv 2406.11617.
#include "core/merging/methods/methods.h"
#include "core/merging/methods/task_vectors.h"

namespace mergarium {
namespace {

std::unique_ptr<TensorMerge> prepareDella(const TensorInputs& inputs) {
    return mergeTaskVectors(inputs, keepByRank, Signs::Elected);
}

}  // namespace

MergeMethod dellaMethod() {
    return {
        .name = "della",
        .base = BaseRule::Required,
        .least = 1,
        .isRandom = true,
        .passesOver = true,
        .parameters = taskVectorParameters(true, true,
                                           {{.name = "density", .standard = 1.0, .of = MethodParameter::Of::Model},
                                            {.name = "epsilon", .standard = 0.15, .of = MethodParameter::Of::Model}}),
        .prepare = prepareDella};
}

}  // namespace mergarium
