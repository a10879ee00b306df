#pragma once

#include "core/text/text_budget.h"
#include "core/tokenization/component.h"
#include "core/tokenization/piece.h"

#include <functional>
#include <vector>

namespace mergarium::text {

/// Rewrites the text before it is cut into pieces: steps, carried out in order. A value; any thread.
using Normalizer = std::vector<std::function<void(Piece&, TextBudget&)>>;

/// Reads the "normalizer" of a tokenizer.json, which may be null.
Normalizer readNormalizer(const Component& component);

/// Throws std::runtime_error where that takes more than the budget.
void normalize(const Normalizer& normalizer, Piece& piece, TextBudget& budget);

}  // namespace mergarium::text
