#pragma once

#include "core/merging/tokens/token_layout.h"

#include <map>
#include <optional>
#include <span>
#include <string>

namespace mergarium {

/// Files of the merged model's folder that say how texts become tokens, by name, with their texts; those that are not
/// named here are the model's whose tokenizer it is. Empty texts: there is no such file. `layout`: null where the
/// tokenizer stays as it is. Throws std::runtime_error with one sentence: a chat template that can't be had.
std::map<std::string, std::string> tokenizerFiles(const MergeConfiguration& configuration,
                                                  std::span<const MergeModel> models, const TokenLayout* layout,
                                                  std::size_t like);

/// Whether a file of this name belongs to a tokenizer.
bool isOfTokenizer(std::string_view name);

}  // namespace mergarium
