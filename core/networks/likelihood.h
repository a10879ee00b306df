#pragma once

#include "core/networks/decoder/decoder.h"

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// A continuation of a prompt whose likelihood is asked for.
struct LikelihoodQuestion {
    /// At least one token.
    std::span<const std::int32_t> prompt;
    std::span<const std::int32_t> continuation;
};

/// Per question, the log-probability of every token of the continuation, given the prompt and the tokens before it.
/// Neighbours with the same prompt (the choices of one question) go through it once. Up to `batch` texts at a time.
/// Stops early, with empty answers, once `cancelled`, which may be null. Throws std::runtime_error for texts beyond the
/// model's context.
std::vector<std::vector<float>> logLikelihoods(const Decoder& network, std::span<const LikelihoodQuestion> questions,
                                               std::size_t batch, const std::atomic<bool>* cancelled = nullptr);

}  // namespace mergarium
