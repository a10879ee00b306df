#pragma once

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace mergarium::test {

/// A tokenizer.json with a word per token: t0, t1, ...
inline nlohmann::json wordTokenizer(std::int64_t vocabulary) {
    nlohmann::json words = nlohmann::json::object();
    for (std::int64_t token = 0; token < vocabulary; ++token) words[fmt::format("t{}", token)] = token;
    return {{"version", "1.0"},
            {"pre_tokenizer", {{"type", "WhitespaceSplit"}}},
            {"model", {{"type", "WordLevel"}, {"vocab", words}, {"unk_token", "t0"}}}};
}

/// The text that it reads as these tokens.
inline std::string words(std::span<const std::int32_t> tokens) {
    std::string text;
    for (const auto token : tokens) text += fmt::format("{}t{}", text.empty() ? "" : " ", token);
    return text;
}

}  // namespace mergarium::test
