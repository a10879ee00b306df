// RAM: where one model alone has changed an entry, its change is kept whole; where several have, their mean is.
// Yuan, Shi et al.: "Behavior knowledge merge in reinforced agentic models", 2026, arXiv 2601.13572.
#include "core/merging/methods/changes.h"
#include "core/merging/methods/methods.h"

namespace mergarium {
namespace {

std::unique_ptr<TensorMerge> prepareRam(const TensorInputs& inputs) {
    return mergeChanges(inputs, std::vector<float>(inputs.others().size(), 1.0f));
}

}  // namespace

MergeMethod ramMethod() {
    return {.name = "ram",
            .base = BaseRule::Required,
            .least = 1,
            .parameters = {{.name = "epsilon", .standard = 1e-5}},
            .prepare = prepareRam};
}

}  // namespace mergarium
