#pragma once

#include "core/networks/decoder/decoder.h"
#include "core/networks/generation_request.h"

#include <vector>

namespace mergarium {

/// Continues every prompt; a text ends at the model's context at the latest. On the CPU a text's continuation is the
/// same to the bit whatever it is batched with. Throws std::runtime_error for prompts that are empty or longer than the
/// context.
std::vector<Continuation> generate(const Decoder& network, const GenerationRequest& request);

}  // namespace mergarium
