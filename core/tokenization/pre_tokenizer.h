#pragma once

#include "core/text/text_budget.h"
#include "core/tokenization/component.h"
#include "core/tokenization/piece.h"

#include <functional>
#include <vector>

namespace mergarium::text {

/// Cuts the normalized text into the pieces that the model sees, none of them empty: steps, each applied to every piece
/// of the one before. A value; any thread.
using PreTokenizer = std::vector<std::function<void(Piece& piece, std::vector<Piece>& out, TextBudget& budget)>>;

/// Reads the "pre_tokenizer" of a tokenizer.json, which may be null.
PreTokenizer readPreTokenizer(const Component& component);

/// Throws std::runtime_error where that takes more than the budget.
std::vector<Piece> preTokenize(const PreTokenizer& preTokenizer, Piece piece, TextBudget& budget);

}  // namespace mergarium::text
