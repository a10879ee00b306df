#pragma once

#include "core/merging/methods/method.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace mergarium {

/// How many of a model's changes, entries that differ from the base by more than the tensor's `epsilon`, others share.
struct Changes {
    std::uint64_t shared = 0, alone = 0;
};

/// As inputs.others().
std::vector<Changes> countChanges(const TensorInputs& inputs);

/// The base plus, entry by entry, the change of the one model that made one, times its factor, or the mean of those of
/// several.
std::unique_ptr<TensorMerge> mergeChanges(const TensorInputs& inputs, std::vector<float> factors);

}  // namespace mergarium
