// Task arithmetic: the base and a weighted sum of the models' differences from it.
// Ilharco, Ribeiro, Wortsman et al.: "Editing models with task arithmetic", ICLR 2023, arXiv 2212.04089.
#include "core/merging/methods/methods.h"
#include "core/merging/methods/task_vectors.h"

namespace mergarium {
namespace {

std::unique_ptr<TensorMerge> prepareTaskArithmetic(const TensorInputs& inputs) {
    return mergeTaskVectors(inputs, nullptr, Signs::Any);
}

}  // namespace

MergeMethod taskArithmeticMethod() {
    return {.name = "task_arithmetic",
            .isRecipe = true,
            .base = BaseRule::Required,
            .least = 1,
            .passesOver = true,
            .parameters = taskVectorParameters(false, false, {}),
            .prepare = prepareTaskArithmetic};
}

}  // namespace mergarium
