#pragma once

#include "core/families/decoder_config.h"

#include <cstddef>
#include <span>
#include <vector>

namespace mergarium {

/// The tokens that go through one expert, and how much of its output each takes.
struct ExpertTokens {
    std::vector<std::size_t> tokens;
    std::vector<float> shares;
};

/// Per expert, from the router's scores [tokens, experts]: each token takes those with the largest softmax, the first
/// of equals.
std::vector<ExpertTokens> chosenExperts(const ExpertsConfig& config, std::span<const float> scores);

}  // namespace mergarium
