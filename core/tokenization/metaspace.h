#pragma once

#include "core/tokenization/component.h"

#include <string>

namespace mergarium::text {

/// Which pieces get a mark of a space in front when they have none.
enum class Prepend { First, Always, Never };

/// SentencePiece's way with spaces: each is written as a visible mark, usually U+2581, and belongs to the word after
/// it.
struct Metaspace {
    std::string replacement;
    Prepend prepend = Prepend::Always;
    bool split = true;
};

/// Reads it in the old spelling (add_prefix_space) and the new one (prepend_scheme).
Metaspace readMetaspace(const Component& component);

}  // namespace mergarium::text
