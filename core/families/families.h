#pragma once

#include "core/families/decoder_config.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <string_view>
#include <vector>

namespace mergarium {

class ConfigKeys;

/// A family of language models: how its config.json describes a network. One file each.
struct ModelFamily {
    /// As `model_type` and `architectures` name it.
    std::string_view type, architecture;
    /// What a key means, and what holds where it is missing, is as in Hugging Face's transformers. Throws
    /// std::runtime_error naming the key that is missing, wrong, or asks for what isn't supported.
    DecoderConfig (*read)(const ConfigKeys& keys);
    /// Sizes that files leave out where the network is a part of a larger one (text_config), as a JSON object.
    std::string_view sizes = "{}";
};

/// All of them, by name.
std::vector<std::string_view> familyNames();

/// Of a language model, of a classifier of texts built on one (DecoderConfig::labels), or of the one that a larger
/// model holds under `text_config`, such as one that sees pictures. Throws std::runtime_error naming `source` and the
/// key that is missing, wrong, or asks for what isn't supported.
DecoderConfig decoderConfigOf(const nlohmann::json& config, std::string_view source);

/// config.json of a folder, and the end tokens of its generation_config.json where that names any.
DecoderConfig decoderConfigIn(const std::filesystem::path& folder);

/// Whether the same tensors give the same logits under both: all but the families' names, sizes of vocabularies,
/// lengths of contexts, end and begin tokens, and whether the head is the embedding.
bool computeTheSame(const DecoderConfig& a, const DecoderConfig& b);

}  // namespace mergarium
