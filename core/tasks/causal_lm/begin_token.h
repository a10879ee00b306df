#pragma once

#include "core/families/decoder_config.h"
#include "core/tokenization/tokenizer.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mergarium {

/// The token that a model has learnt to read first (tokenizer_config.json, else config.json): of Llama and Mistral,
/// where the tokenizer knows it and the folder doesn't say that it is left out. Absent for all others, and where the
/// files can't be read.
std::optional<std::int32_t> beginTokenOf(const std::filesystem::path& folder, const DecoderConfig& config,
                                         const Tokenizer& tokenizer);

/// What is wrong with how a prompt begins, given the token that it should begin with; one sentence, empty: nothing. A
/// model's own chat template (`chat`: task.chat) is right about it.
std::string doubtAboutBegin(std::span<const std::int32_t> prompt, std::int32_t begin, const Tokenizer& tokenizer,
                            std::string_view chat);

}  // namespace mergarium
