#pragma once

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
    /// Tokens that no text becomes: <s>, </s> and the like, the unknown one among them.
    virtual std::vector<std::string> controlTokens() const = 0;
    virtual std::optional<std::string> beginToken() const = 0;
    virtual std::optional<std::string> endToken() const = 0;
};

/// With `prefixEveryPiece`, a space is put before every piece where the model's own rule is to put one before a text;
/// else only before what begins the text. Throws std::runtime_error naming the file.
std::unique_ptr<const SentencePieceModel> readSentencePieceModel(const std::filesystem::path& file,
                                                                 bool prefixEveryPiece);

}  // namespace mergarium::text
