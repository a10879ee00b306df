#pragma once

#include "core/gguf/architectures.h"
#include "core/gguf/gguf_tensor.h"

#include <string>
#include <vector>

namespace mergarium {

/// The tensors of a network's file, most in `type`; vectors, norms, routers and positions in F32; F16 where rows are no
/// whole blocks, which is noted. They refer to `model`, which has a network as `config` says. Throws std::runtime_error
/// with one sentence: a tensor is missing, has another shape, or belongs to nothing that llama.cpp computes.
std::vector<GgufTensor> networkTensors(const Checkpoint& model, const DecoderConfig& config,
                                       const GgufArchitecture& architecture, GgmlType type,
                                       std::vector<std::string>& notes);

}  // namespace mergarium
