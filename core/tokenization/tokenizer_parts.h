#pragma once

#include "core/tokenization/added_tokens.h"
#include "core/tokenization/decoder.h"
#include "core/tokenization/normalizer.h"
#include "core/tokenization/post_processor.h"
#include "core/tokenization/pre_tokenizer.h"
#include "core/tokenization/token_model.h"

#include <filesystem>
#include <memory>
#include <optional>

namespace mergarium::text {

/// What a tokenizer is made of, in the order in which a text meets them, and the decoder for the way back.
struct TokenizerParts {
    AddedTokens addedTokens;
    Normalizer normalizer;
    PreTokenizer preTokenizer;
    std::unique_ptr<const TokenModel> model;
    PostProcessor postProcessor;
    std::optional<Decoder> decoder;
};

/// Reads a tokenizer.json (Hugging Face's format), with what the tokenizer_config.json beside it says of the tokens
/// around a text. Throws std::runtime_error with one sentence that names file and
/// component.
TokenizerParts readTokenizerJson(const std::filesystem::path& file);

/// Reads a tokenizer.model (SentencePiece), with the tokenizer_config.json and added_tokens.json beside it if there are
/// any.
TokenizerParts readTokenizerModel(const std::filesystem::path& file);

}  // namespace mergarium::text
