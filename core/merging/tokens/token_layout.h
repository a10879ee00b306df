#pragma once

#include "core/merging/merge_configuration.h"
#include "core/merging/tokens/token_list.h"
#include "core/merging/tokens/token_rows.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// The merged model's vocabulary, and where each model's rows of it come from.
struct TokenLayout {
    /// The model whose tokenizer it is, or begins with.
    std::size_t like = 0;
    /// tokenizer.json, where it is another than that model's; else null.
    nlohmann::ordered_json json;
    /// Tokens that were added to that model's.
    std::vector<nlohmann::ordered_json> fresh;
    /// One for each token, and those that fill up the multiple.
    std::uint64_t rows = 0;
    std::shared_ptr<const TokenRows> places;
    /// What there is to know: tokens that only some models have.
    std::vector<std::string> notes;
};

/// `models` as configuration.models(); the configuration has a tokenizer. Throws std::runtime_error with one sentence:
/// a model without a tokenizer, a token's source that has no such token.
TokenLayout layOutTokens(const MergeConfiguration& configuration, std::span<const MergeModel> models);

}  // namespace mergarium
