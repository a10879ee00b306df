#pragma once

#include "core/founders/founder_source.h"
#include "core/networks/decoder/decoder.h"

#include <filesystem>

namespace mergarium {

/// Writes a model's tensors into a network's buffer, whatever floating type they have. Throws std::runtime_error naming
/// the model and the tensor that is missing, has another shape, or is unknown to the network.
void loadModel(const FounderSource& model, Decoder& network);

/// The network of a model, in its own layout, with its weights. Throws std::runtime_error naming what is wrong in which
/// file.
Decoder openDecoder(const FounderSource& model, torch::Device device,
                    Decoder::Kernels kernels = Decoder::Kernels::Best);
/// The same of a Hugging Face folder.
Decoder openDecoder(const std::filesystem::path& folder, torch::Device device,
                    Decoder::Kernels kernels = Decoder::Kernels::Best);

}  // namespace mergarium
