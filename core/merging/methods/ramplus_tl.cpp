// RAM+ by tensor: as RAM, and changes that a model alone made are made larger, the more of its changes others share.
// Yuan, Shi et al.: "Behavior knowledge merge in reinforced agentic models", 2026, arXiv 2601.13572.
#include "core/merging/methods/changes.h"
#include "core/merging/methods/methods.h"

#include <algorithm>

namespace mergarium {
namespace {

std::unique_ptr<TensorMerge> prepareRamplus(const TensorInputs& inputs) {
    std::vector<float> factors;
    for (const auto& [shared, alone] : countChanges(inputs)) {
        const double ratio =
            static_cast<double>(shared) / std::max(static_cast<double>(alone), inputs.parameter("epsilon"));
        factors.push_back(
            static_cast<float>(1.0 + inputs.parameter("r") * std::clamp(ratio, 0.0, inputs.parameter("alpha"))));
    }
    return mergeChanges(inputs, factors);
}

}  // namespace

MergeMethod ramplusTlMethod() {
    return {.name = "ramplus_tl",
            .base = BaseRule::Required,
            .least = 1,
            .parameters = {{.name = "epsilon", .standard = 1e-5},
                           {.name = "r", .standard = 0.1},
                           {.name = "alpha", .standard = 0.2}},
            .prepare = prepareRamplus};
}

}  // namespace mergarium
