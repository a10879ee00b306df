#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium::text {

/// What Unicode 16 says of characters and strings, by tables of our own (unicode_tables.h), so that it is the same on
/// every system; strings are UTF-8. All of it from any thread. Where the library that defined the format works by an
/// older Unicode, characters of later ones are left alone as it leaves them alone.

/// One character of a string: its code point and the bytes [begin, end) that spell it.
struct Character {
    char32_t code = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// The character that begins at byte `begin`, which must lie within the text; a broken one has the code U+FFFD and
/// covers the longest part that could have begun a character.
Character characterAt(std::string_view text, std::size_t begin);
/// The character that ends just before byte `end`, which must be above 0.
Character characterBefore(std::string_view text, std::size_t end);
/// What people take for characters: a letter with its marks, an emoji of several parts (extended grapheme clusters,
/// Unicode Standard Annex 29, without its rule GB9c for conjuncts of Indic scripts).
std::vector<std::string_view> graphemeClusters(std::string_view text);
/// The number of characters.
std::size_t length(std::string_view text);
void append(std::string& text, char32_t code);

/// The text with every broken byte sequence replaced by one U+FFFD, as the Unicode standard recommends (section 3.9).
std::string repaired(std::string_view bytes);
bool isValid(std::string_view bytes);

bool isWhitespace(char32_t code);
/// Any kind of number: Nd, Nl or No.
bool isNumeric(char32_t code);
/// ASCII's marks, symbols among them, and every P category of Unicode 7.
bool isPunctuation(char32_t code);
/// What regular expressions call \w: letters, marks, decimal digits, connectors and joiners.
bool isWordCharacter(char32_t code);
/// Any kind of mark of Unicode 9: what combines with the character before it.
bool isMark(char32_t code);

/// Every character by itself, so without the rule for a final sigma and without a language's own rules.
std::string lowercase(std::string_view text);

/// The normal forms of Unicode 9, by ICU: they are stable, so those of every later version are the same.
enum class NormalForm { C, D, Kc, Kd };
std::string normalForm(std::string_view text, NormalForm form);

}  // namespace mergarium::text
