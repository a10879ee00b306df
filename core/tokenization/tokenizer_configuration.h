#pragma once

#include "core/tokenization/added_tokens.h"
#include "core/tokenization/component.h"
#include "core/tokenization/post_processor.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mergarium::text {

/// The object in a file of this name beside a tokenizer's; empty where there is none.
nlohmann::json readBeside(const std::filesystem::path& file, const char* name);

/// A token's name in a configuration: a string, or an object with its content.
std::optional<std::string> tokenNamed(const Component& configuration, const char* key);

/// The tokens that a folder adds to the model's own, by id: `configuration`'s added_tokens_decoder, and `extra`, an
/// added_tokens.json.
std::map<std::int32_t, AddedToken> addedBy(const Component& configuration, const Component& extra);

using FindToken = std::function<std::optional<std::int32_t>(std::string_view)>;

/// Where tokenizer_config.json beside a tokenizer.json has add_bos_token or add_eos_token, these decide what stands
/// around a text, whatever the tokenizer.json says, as in transformers 5; one that is missing is off. Throws
/// std::runtime_error where such a token is not in the vocabulary.
void placeBeginAndEnd(const std::filesystem::path& file, const FindToken& idOf, PostProcessor& result);

}  // namespace mergarium::text
