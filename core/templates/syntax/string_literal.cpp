#include "core/templates/syntax/string_literal.h"

#include "core/templates/values/budget.h"
#include "core/text/unicode.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

namespace mergarium::jinja {
namespace {

/// Digits of a base behind `at`, so many at most; moves behind them.
std::uint32_t code(std::string_view literal, std::size_t& at, std::size_t most, int base) {
    std::uint32_t number = 0;
    const auto digits = literal.substr(at, most);
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
    const auto read = static_cast<std::size_t>(end - digits.data());
    if (base == 16 && read < most)
        throw Fault(fmt::format("an escape of a text in quotes has fewer than {} digits", most));
    at += read;
    return number;
}

}  // namespace

std::string unescaped(std::string_view literal) {
    constexpr std::string_view kLetters = "\\'\"abfnrtv", kMeanings = "\\'\"\a\b\f\n\r\t\v";
    std::string text;
    for (std::size_t at = 0; at < literal.size();) {
        if (literal[at] != '\\' || at + 1 == literal.size()) {
            text += literal[at++];
            continue;
        }
        const char letter = literal[at + 1];
        at += 2;
        if (letter == '\n') continue;
        if (const auto known = kLetters.find(letter); known != kLetters.npos) {
            text += kMeanings[known];
            continue;
        }
        std::uint32_t number = 0;
        if (letter >= '0' && letter <= '7')
            number = code(literal, --at, 3, 8);
        else if (letter == 'x')
            number = code(literal, at, 2, 16);
        else if (letter == 'u')
            number = code(literal, at, 4, 16);
        else if (letter == 'U')
            number = code(literal, at, 8, 16);
        else if (letter == 'N')
            throw Fault("characters are not known by name (\\N)");
        else {
            text.append(1, '\\').append(1, letter);
            continue;
        }
        if (number > 0x10ffff || (number >= 0xd800 && number < 0xe000))
            throw Fault(fmt::format("a text in quotes has the escape of no character ({:x})", number));
        text::append(text, static_cast<char32_t>(number));
    }
    return text;
}

}  // namespace mergarium::jinja
