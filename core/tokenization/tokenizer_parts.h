#pragma once

#include "core/tokenization/added_tokens.h"
#include "core/tokenization/decoder.h"
#include "core/tokenization/normalizer.h"
#include "core/tokenization/post_processor.h"
#include "core/tokenization/pre_tokenizer.h"
#include "core/tokenization/token_model.h"

#include <nlohmann/json_fwd.hpp>

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
/// around a text. Throws std::runtime_error with one sentence that names file and component.
TokenizerParts readTokenizerJson(const std::filesystem::path& file);
/// The same of what stands in such a file, or would; messages name `file`, and its neighbours are read.
TokenizerParts readTokenizerDocument(const nlohmann::json& json, const std::filesystem::path& file);

/// Reads a CLIP tokenizer's vocab.json and merges.txt, with the tokenizer_config.json, special_tokens_map.json and
/// added_tokens.json beside them if there are any. Other models' are refused: their rules stand in no file.
TokenizerParts readClipFiles(const std::filesystem::path& vocabulary);

/// Reads a tokenizer.model (SentencePiece), with the tokenizer_config.json and added_tokens.json beside it if there are
/// any.
TokenizerParts readTokenizerModel(const std::filesystem::path& file);

}  // namespace mergarium::text
