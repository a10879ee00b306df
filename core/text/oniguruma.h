#pragma once

#include <string>
#include <string_view>

namespace mergarium::text {

/// A regular expression in Oniguruma's Ruby syntax, the dialect of tokenizer.json, rewritten for PCRE2 (with UTF, UCP
/// and MULTILINE), so that it matches the same. The two differ in what \s, \w, \h and \b mean and in nested
/// quantifiers: x{1,3}+ repeats the interval instead of making it possessive. Throws std::invalid_argument where no
/// rewriting is known.
std::string fromOniguruma(std::string_view expression);

}  // namespace mergarium::text
