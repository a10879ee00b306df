#pragma once

#include "core/merging/methods/mask.h"
#include "core/merging/methods/method.h"

#include <functional>
#include <memory>
#include <vector>

namespace mergarium {

/// Fills the mask of the entries of a model's difference from the base that are kept.
using Drop = std::function<void(Mask& mask, const TensorInputs& inputs, const TensorInputs::Model& model)>;

/// What becomes of the differences that are kept.
enum class Signs {
    /// They are summed up.
    Any,
    /// Those whose sign is that of the weighted sum are.
    Elected
};

/// A number times the sum of the models' weighted differences from their base, after entries of them were dropped, and
/// the base: base + lambda * sum(w_i d_i), divided by the sum of the weights where `normalize` says so; with elected
/// signs, entry by entry, of the weights of those that are summed up. Where `rescale` says so, what is left of a
/// difference is multiplied so that the sum of its magnitudes is what it was. An empty `drop` drops nothing.
std::unique_ptr<TensorMerge> mergeTaskVectors(const TensorInputs& inputs, const Drop& drop, Signs signs);

/// The parameters of all of them: weight, normalize, rescale, lambda, and int8_mask, which changes no result.
std::vector<MethodParameter> taskVectorParameters(bool normalize, bool rescale,
                                                  std::initializer_list<MethodParameter> more);

/// The differences' magnitudes as keys.
KeysOf magnitudesOf(const TensorInputs& inputs, const TensorInputs::Model& model);

// Ways to drop entries; each is what methods share, and cited there.
/// Keeps int(density n) entries of the largest magnitude.
void keepLargest(Mask& mask, const TensorInputs& inputs, const TensorInputs::Model& model);
/// Keeps each entry with probability density.
void keepAtRandom(Mask& mask, const TensorInputs& inputs, const TensorInputs::Model& model);
/// With a probability that grows with the rank of its magnitude in its row.
void keepByRank(Mask& mask, const TensorInputs& inputs, const TensorInputs::Model& model);
/// Drops the largest int(gamma n), and the smallest so that density n are kept.
void dropOutliers(Mask& mask, const TensorInputs& inputs, const TensorInputs::Model& model);

}  // namespace mergarium
