#pragma once

#include "core/images/encoded_picture.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mergarium {

/// A stretch of a text as a model reads it.
struct ReadPiece {
    std::string text;
    /// A token that stands for no text, such as the one for a text's beginning; `text` is its name.
    bool special = false;
    bool operator==(const ReadPiece&) const = default;
};

/// How a model fared on one training sample, with all that people want to know of it.
struct Attempt {
    std::uint32_t sample = 0;
    /// In [0, 1].
    float score = 0.0f;
    /// What guessing scores, in [0, 1]; 0 where nothing can be guessed.
    double chance = 0.0;
    /// Token by token what the model read; empty where samples aren't read as tokens.
    std::vector<ReadPiece> prompt = {};
    std::uint64_t promptTokens = 0;
    std::string reference = {};
    std::string answer = {};
    enum class Ending : std::uint8_t {
        /// Nothing was generated.
        None,
        ByItself,
        /// At the most tokens that an answer may have, or at the end of the model's context.
        CutOff
    } ending = Ending::None;
    /// Of what was generated.
    std::uint64_t newTokens = 0;
    /// What is wrong with the prompt itself, and what to do: one sentence; empty: nothing that the task knows of.
    std::string doubt = {};
    /// What the model painted, a thumbnail as in Task::pictures; without bytes where it paints nothing.
    EncodedPicture picture = {};
};

}  // namespace mergarium
