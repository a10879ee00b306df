#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium::jinja {

/// What Python's `str` and `float` do. Texts are UTF-8; places and lengths count characters where it says so, else
/// bytes.

/// Where the character at byte `begin` ends; every broken byte is one.
std::size_t characterEnd(std::string_view text, std::size_t begin);
std::size_t characterCount(std::string_view text);

/// What `str.isspace` says.
bool isSpace(char32_t code);
/// The place, in bytes, of `part` in `text`; npos: nowhere. Linear, whatever they are.
std::size_t findIn(std::string_view text, std::string_view part, std::size_t from = 0);
std::size_t countIn(std::string_view text, std::string_view part);

enum class Side { Left, Right, Both };
/// Without white space, or without any of the characters of `of`, at its ends.
std::string_view stripped(std::string_view text, Side side, std::optional<std::string_view> of = std::nullopt);

inline constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
/// At white space, or at every `separator`, which must not be empty; at most `most` times.
std::vector<std::string_view> split(std::string_view text, std::optional<std::string_view> separator,
                                    std::size_t most = kAll);
/// The same from the end.
std::vector<std::string_view> splitFromEnd(std::string_view text, std::optional<std::string_view> separator,
                                           std::size_t most);
std::vector<std::string_view> splitLines(std::string_view text, bool keepEnds);
/// `most`: replacements.
std::string replaced(std::string_view text, std::string_view what, std::string_view by, std::size_t most = kAll);

std::string upperCase(std::string_view text);
std::string lowerCase(std::string_view text);
/// `str.title`: a capital behind everything that has no case.
std::string titleCase(std::string_view text);
std::string capitalized(std::string_view text);

/// `repr` of a text.
std::string quotedText(std::string_view text);
/// `repr` of a float: the shortest that reads back as the same.
std::string floatText(double number);
/// `int(text, base)` and `float(text)`; absent where Python throws.
std::optional<std::int64_t> wholeOf(std::string_view text, int base = 10);
std::optional<double> realOf(std::string_view text);

}  // namespace mergarium::jinja
