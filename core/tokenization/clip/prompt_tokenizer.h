#pragma once

#include "core/tokenization/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace mergarium {

/// A prompt as CLIP's text network reads it.
struct PromptTokens {
    /// Exactly as many as the network has positions: the beginning, the text, the end, and padding.
    std::vector<std::int32_t> ids;
    /// Of the text, with beginning and end, before it was cut: at most `ids` are there where it wasn't.
    std::size_t tokens = 0;

    bool isCut() const { return tokens > ids.size(); }
};

/// CLIP's tokenizer as diffusers' pipelines use it: texts are cut between their beginning and end, and padded.
/// Immutable; any thread.
class PromptTokenizer {
public:
    /// CLIP reads so many tokens.
    static constexpr std::size_t kPositions = 77;

    /// Reads a folder such as PIPELINE/tokenizer: tokenizer.json, or vocab.json and merges.txt; the padding is the
    /// pad_token of tokenizer_config.json, else of special_tokens_map.json, else the token that ends a text. Throws
    /// std::runtime_error with one sentence.
    static PromptTokenizer open(const std::filesystem::path& folder);

    /// The ids of a prompt in UTF-8. Throws as Tokenizer::encode does.
    PromptTokens encode(std::string_view prompt, std::size_t positions = kPositions) const;

    const Tokenizer& tokenizer() const { return *tokenizer_; }
    std::int32_t endToken() const { return end_; }
    std::int32_t padToken() const { return pad_; }

private:
    PromptTokenizer(std::shared_ptr<const Tokenizer> tokenizer, std::int32_t end, std::int32_t pad)
        : tokenizer_(std::move(tokenizer)), end_(end), pad_(pad) {}

    std::shared_ptr<const Tokenizer> tokenizer_;
    std::int32_t end_;
    std::int32_t pad_;
};

}  // namespace mergarium
