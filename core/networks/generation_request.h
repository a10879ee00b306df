#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace mergarium {

/// Texts to be continued, and when each continuation ends.
struct GenerationRequest {
    /// At least one token each.
    std::vector<std::vector<std::int32_t>> prompts = {};
    std::int64_t maximumNewTokens = 256;
    /// 0: always the likeliest token, the first of equals.
    double temperature = 0.0;
    std::uint64_t seed = 0;
    /// Number of each prompt for the random draws, so that a prompt draws the same in any batch; empty: 0, 1, 2, ...
    std::vector<std::uint64_t> streams = {};
    /// Tokens that end a text, themselves the last of it.
    std::vector<std::int32_t> stopTokens = {};
    /// Called after every token with the prompt's index and all its new tokens; true ends the text. May be
    /// empty.
    std::function<bool(std::size_t prompt, std::span<const std::int32_t> newTokens)> stop = {};
    /// Texts continued at the same time; when one ends, the next prompt takes its place.
    std::size_t batch = 16;
    /// Checked between steps. May be null.
    const std::atomic<bool>* cancelled = nullptr;
};

struct Continuation {
    enum class Ending : std::uint8_t { Length, StopToken, StopRule, Cancelled };
    std::vector<std::int32_t> tokens = {};
    Ending ending = Ending::Cancelled;
};

}  // namespace mergarium
