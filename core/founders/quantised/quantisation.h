#pragma once

#include "core/checkpoint/checkpoint.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace mergarium {

/// A tensor whose numbers are those that are stored times a scale, one for every block of them.
struct ScaledTensor {
    /// Index into the checkpoint's tensors.
    std::size_t tensor = 0;
    const StoredTensor* scale = nullptr;
    /// Extents of a block, as many as the tensor has dimensions; the last ones of a dimension may be smaller.
    std::vector<std::uint64_t> block;
};

/// How a checkpoint's weights are quantised.
struct Quantisation {
    std::vector<ScaledTensor> scaled;
    /// Names of tensors that are no parameters: scales of weights and of what passes through the network.
    std::set<std::string, std::less<>> scales;
};

/// Known is fp8: tensors of F8_E4M3 or F8_E5M2 with a scale beside them, as DeepSeek stores it (weight_scale_inv, by
/// blocks of 128 x 128 or config.json's weight_block_size) and compressed-tensors, fbgemm, AutoFP8 and ModelOpt do
/// (weight_scale, of a tensor or of its rows). Nothing is scaled where no fp8 tensor has a scale. Throws
/// std::runtime_error naming any other kind, by config.json's quantization_config or the tensors' names.
Quantisation quantisationOf(const Checkpoint& checkpoint);

}  // namespace mergarium
