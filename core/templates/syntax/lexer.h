#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium::jinja {

/// A part of a template.
struct Token {
    enum class Kind {
        /// What stands between the tags, as it is printed.
        Data,
        PrintBegin,
        PrintEnd,
        TagBegin,
        TagEnd,
        Name,
        /// With its escapes resolved.
        String,
        Whole,
        Real,
        /// One or two marks.
        Mark,
        End
    };
    Kind kind = Kind::End;
    std::string text;
    /// From 1.
    std::size_t line = 1;
};

/// What can't be read of a template's text: no full stop.
struct SyntaxFault {
    std::string what;
    std::size_t line;
};

/// Takes a template apart as Jinja does with trim_blocks and lstrip_blocks: the line end behind a tag and the spaces
/// before it go, {%- and -%} take all white space, {%+ and +%} none; so does a line end at the end of all. The last
/// token is End. Throws SyntaxFault.
std::vector<Token> tokensOf(std::string_view source);

}  // namespace mergarium::jinja
