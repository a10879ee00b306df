#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

namespace text {
struct TokenizerParts;
}

/// Whether the tokens that the tokenizer puts around a text are added, such as the one for its beginning.
enum class SpecialTokens { Add, Leave };

/// Text into a language model's token ids and back, as the model's folder says. Immutable; any thread.
class Tokenizer {
public:
    /// Reads tokenizer.json, else tokenizer.model, else CLIP's vocab.json and merges.txt, of a Hugging Face folder.
    /// What the files ask for and isn't known is refused by name; throws std::runtime_error with one sentence.
    static std::shared_ptr<const Tokenizer> open(const std::filesystem::path& folder);

    explicit Tokenizer(text::TokenizerParts parts);
    ~Tokenizer();
    Tokenizer(const Tokenizer&) = delete;
    Tokenizer& operator=(const Tokenizer&) = delete;

    /// The ids of a text in UTF-8 of at most 16 MiB; special tokens that are spelled out in it become themselves.
    /// Throws std::runtime_error where the tokenizer has no token for a part and none for the unknown, or its rules
    /// multiply the text or match it without end.
    std::vector<std::int32_t> encode(std::string_view text, SpecialTokens specialTokens) const;
    /// The text that the tokens spell, always valid UTF-8; unknown ids are skipped.
    std::string decode(std::span<const std::int32_t> ids, bool skipSpecial) const;

    /// A bound above every id: the least number of rows of the embedding.
    std::size_t vocabularySize() const;
    std::optional<std::int32_t> idOf(std::string_view token) const;
    /// As the vocabulary spells it, which for byte-level tokenizers isn't plain text. Empty when there is no such id.
    std::string tokenOf(std::int32_t id) const;
    /// Whether it stands for no text.
    bool isSpecial(std::int32_t id) const;

private:
    std::unique_ptr<const text::TokenizerParts> parts_;
};

}  // namespace mergarium
