#pragma once

#include "core/text/text_budget.h"
#include "core/tokenization/component.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mergarium::text {

/// Turns tokens into text: steps, each rewriting the list of tokens, which are joined at the end. A value; any thread.
using Decoder = std::vector<std::function<void(std::vector<std::string>& tokens, TextBudget& budget)>>;

/// Reads the "decoder" of a tokenizer.json; nothing when it is null, and tokens are then joined by spaces.
std::optional<Decoder> readDecoder(const Component& component);

/// What becomes of spaces before a text's first word, where encoding may have put one.
enum class LeadingSpaces { Stay, OneGoes, AllGo };

/// The decoder of SentencePiece models: marks become spaces, <0x0A> a byte, and the token `unknown` that text.
Decoder sentencePieceDecoder(LeadingSpaces leading, std::string unknown, std::string unknownText);

/// Throws std::runtime_error where that takes more than the budget.
std::string decode(const std::optional<Decoder>& decoder, std::vector<std::string> tokens, TextBudget& budget);

}  // namespace mergarium::text
