#pragma once

#include "core/text/properties.h"

#include <string>
#include <string_view>

namespace mergarium::text {

/// A regular expression in Oniguruma's Ruby syntax, the dialect of tokenizer.json, rewritten for PCRE2 (with UTF, UCP
/// and MULTILINE), so that it matches the same.
struct Rewritten {
    /// Fast, and right for texts without any of `differing`, which the library takes for other kinds of characters than
    /// Unicode 16 does, since it knows another Unicode.
    std::string usual;
    /// For every text.
    std::string exact;
    CodePoints differing;
};

/// The two syntaxes differ in what \s, \w, \h and \b mean and in nested quantifiers: x{1,3}+ repeats the interval
/// instead of making it possessive. Throws std::invalid_argument where no rewriting is known.
Rewritten fromOniguruma(std::string_view expression, const LibraryProperties& library = propertiesOfLibrary);

}  // namespace mergarium::text
