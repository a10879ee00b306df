#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/networks/decoder/decoder.h"

#include <filesystem>

namespace mergarium {

/// Writes a checkpoint's tensors into a network's buffer, whatever floating type they are stored in. Throws
/// std::runtime_error naming the checkpoint and the tensor that is missing, has another shape, or is unknown to the
/// network.
void loadCheckpoint(const Checkpoint& checkpoint, Decoder& network);

/// The network of a Hugging Face folder, in its own layout, with its weights. Throws std::runtime_error naming what is
/// wrong in which file.
Decoder openDecoder(const std::filesystem::path& folder, torch::Device device,
                    Decoder::Kernels kernels = Decoder::Kernels::Best);

}  // namespace mergarium
