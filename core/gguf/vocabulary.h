#pragma once

#include "core/gguf/gguf_value.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// What llama.cpp makes of a token.
enum class GgufTokenKind : std::int32_t { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };

struct GgufToken {
    std::string text = {};
    float score = 0.0F;
    GgufTokenKind kind = GgufTokenKind::Unused;
    bool operator==(const GgufToken&) const = default;
};

/// A tokenizer as a GGUF file has it.
struct GgufVocabulary {
    /// "gpt2": pairs of bytes, joined in the order of `merges` within what `pre` names; "llama": SentencePiece's,
    /// joined in the order of scores.
    std::string model, pre;
    /// By id; those in between that nothing names are unused.
    std::vector<GgufToken> tokens;
    std::vector<std::string> merges;
    /// Of "llama": a text is read as if it began with a space.
    std::optional<bool> spaceBefore;
    /// What there is to know.
    std::vector<std::string> notes;

    std::optional<std::uint32_t> idOf(std::string_view text) const;
};

/// Reads the tokenizer of a Hugging Face folder: a tokenizer.json with byte-level BPE whose pre-tokenizer llama.cpp
/// knows, or SentencePiece's BPE, of tokenizer.model where it is there, else of a tokenizer.json with byte_fallback.
/// Several of llama.cpp's names for the same pre-tokenizer are told apart by `family`. Throws std::runtime_error with
/// one sentence.
GgufVocabulary readGgufVocabulary(const std::filesystem::path& folder, std::string_view family);

/// What a serialized SentencePiece model (tokenizer.model) holds. `name` is for messages. Trusts nothing.
GgufVocabulary parseSentencePieces(std::string_view serialized, std::string_view name);

/// llama.cpp's name for what a tokenizer.json of byte-level BPE cuts texts into before it joins pairs; absent where it
/// has none.
std::optional<std::string_view> preTokenizerName(const nlohmann::json& tokenizer, std::string_view family);

/// All keys of the tokenizer in `folder`, and its chat template; tokens up to `rows`, those of the embedding, where
/// that is given. Throws std::runtime_error with one sentence.
void addTokenizerFacts(const std::filesystem::path& folder, std::string_view family, std::optional<std::uint64_t> rows,
                       GgufMetadata& metadata, std::vector<std::string>& notes);

}  // namespace mergarium
