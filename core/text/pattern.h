#pragma once

#include "core/text/properties.h"
#include "core/text/text_budget.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium::text {

/// A range of bytes [begin, end) of a text.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// What a component of a tokenizer looks for in text: a string or a regular expression. A value; any thread.
class Pattern {
public:
    static Pattern literal(std::string text);
    /// In the dialect of the format, Oniguruma's Ruby syntax, at most 20,000 bytes of it; properties of characters are
    /// those of Unicode 16 whatever the library's are. Throws std::invalid_argument with what is wrong with it or can't
    /// be matched faithfully.
    static Pattern regex(std::string_view expression, const LibraryProperties& library = propertiesOfLibrary);

    /// Every match from left to right; no two overlap. The text is valid UTF-8. Throws std::runtime_error with one
    /// sentence where the expression goes back too often on it.
    std::vector<Span> matches(std::string_view text, TextBudget& budget) const;

private:
    struct Code;
    struct Exact;
    std::string literal_;
    std::shared_ptr<const Code> code_;
    /// For texts with characters that the library takes for others.
    std::shared_ptr<const Exact> exact_;
};

}  // namespace mergarium::text
