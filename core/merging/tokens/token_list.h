#pragma once

#include "core/merging/merge_model.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// A model's tokens: those whose ids have a row (below its configuration's vocab_size, else its embedding's rows).
struct TokenList {
    std::map<std::string, std::uint64_t, std::less<>> ids;
    /// Of tokenizer.json, in order of id: with content, id, special, and how they are looked for in a text.
    std::vector<nlohmann::ordered_json> added;
    /// tokenizer.json without what has no row; null where the model has none but a tokenizer.model.
    nlohmann::ordered_json json;
    /// Rows that count.
    std::uint64_t rows = 0;
    /// Whether the file has tokens without one.
    bool isCut = false;

    std::optional<std::uint64_t> idOf(std::string_view token) const;
    /// Those that are not added, in order of id.
    std::vector<std::string> ordinary() const;
};

/// Reads the model's tokenizer. Throws std::runtime_error with one sentence where there is none, or it can't be read.
TokenList tokensOf(const MergeModel& model);

}  // namespace mergarium
