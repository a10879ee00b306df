#pragma once

#include "core/tokenization/decoder.h"
#include "core/tokenization/token_model.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mergarium::text {

/// A tokenizer.model, encoded by the SentencePiece library: any kind of model it knows, with its own normalization.
class SentencePieceModel : public TokenModel {
public:
    /// Tokens that no text turns into, and that spell none: <s>, </s> and the like.
    virtual std::vector<std::string> controlTokens() const = 0;
    /// What stands for characters that the model has no token for, and the text that it spells.
    virtual std::string unknownToken() const = 0;
    virtual std::string unknownText() const = 0;
    virtual LeadingSpaces leadingSpaces() const = 0;
    virtual std::optional<std::string> beginToken() const = 0;
    virtual std::optional<std::string> endToken() const = 0;
};

/// With `prefixEveryPiece`, where the model's own rule puts a space before a text, every piece gets one; otherwise only
/// the piece that begins the text. Throws std::runtime_error naming the file.
std::unique_ptr<const SentencePieceModel> readSentencePieceModel(const std::filesystem::path& file,
                                                                 bool prefixEveryPiece);

}  // namespace mergarium::text
