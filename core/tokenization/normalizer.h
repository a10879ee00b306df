#pragma once

#include "core/tokenization/component.h"
#include "core/tokenization/piece.h"

#include <functional>
#include <vector>

namespace mergarium::text {

/// Rewrites the text before it is cut into pieces: steps, carried out in order. A value; any thread.
using Normalizer = std::vector<std::function<void(Piece&)>>;

/// Reads the "normalizer" of a tokenizer.json, which may be null.
Normalizer readNormalizer(const Component& component);

void normalize(const Normalizer& normalizer, Piece& piece);

}  // namespace mergarium::text
