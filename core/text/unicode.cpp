#include "core/text/unicode.h"

#include "core/text/properties.h"
#include "core/text/unicode_tables.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>

namespace mergarium::text {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

/// ICU counts bytes in 32 bits.
std::int32_t checkedLength(std::string_view text) {
    if (text.size() > std::size_t{std::numeric_limits<std::int32_t>::max()} / 4)
        throw std::runtime_error("A text of more than 500 MB can't be tokenized in one piece: cut it.");
    return static_cast<std::int32_t>(text.size());
}

UChar32 icuCode(char32_t code) { return static_cast<UChar32>(code); }

const icu::Normalizer2* newestNormalizer(NormalForm form, UErrorCode& status) {
    switch (form) {
        case NormalForm::C: return icu::Normalizer2::getNFCInstance(status);
        case NormalForm::D: return icu::Normalizer2::getNFDInstance(status);
        case NormalForm::Kc: return icu::Normalizer2::getNFKCInstance(status);
        case NormalForm::Kd: return icu::Normalizer2::getNFKDInstance(status);
    }
    return nullptr;
}

/// Since normal forms are stable, those of an older Unicode leave alone what it has not assigned.
icu::FilteredNormalizer2 normalizer(NormalForm form) {
    static const icu::UnicodeSet known = [] {
        UErrorCode status = U_ZERO_ERROR;
        icu::UnicodeSet set(u"[:age=9.0:]", status);
        if (U_FAILURE(status)) throw std::runtime_error("ICU knows no ages of characters: its data are missing.");
        return set.freeze(), set;
    }();
    UErrorCode status = U_ZERO_ERROR;
    const auto* newest = newestNormalizer(form, status);
    if (newest == nullptr || U_FAILURE(status))
        throw std::runtime_error("ICU has no Unicode normal forms: its data are missing.");
    return {*newest, known};
}

CodePointTable tableOf(std::initializer_list<std::string_view> names) {
    CodePoints points;
    for (const auto name : names) points = points | propertyNamed(name)->points;
    return CodePointTable(points);
}

/// Characters with a small form, in order, and that form.
std::vector<std::pair<char32_t, char32_t>> readLowercase() {
    std::vector<std::pair<char32_t, char32_t>> pairs;
    char32_t code = 0;
    for (auto digits = kLowercase; !digits.empty();) {
        code += readNumber(digits);
        const auto more = readNumber(digits);
        const auto step = readNumber(digits);
        const auto distance = readNumber(digits);
        const auto shift = distance % 2 == 0 ? distance / 2 : 0u - (distance + 1) / 2;
        pairs.emplace_back(code, code + shift);
        for (std::uint32_t i = 0; i < more; ++i) {
            code += step;
            pairs.emplace_back(code, code + shift);
        }
    }
    return pairs;
}

char32_t lowercase(char32_t code) {
    if (code < 0x80) return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
    static const auto pairs = readLowercase();
    const auto found = std::lower_bound(pairs.begin(), pairs.end(), std::pair<char32_t, char32_t>(code, 0));
    return found != pairs.end() && found->first == code ? found->second : code;
}

}  // namespace

Character characterAt(std::string_view text, std::size_t begin) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    std::size_t end = begin;
    UChar32 code = 0;
    U8_NEXT(bytes, end, text.size(), code);
    return {code < 0 ? kReplacement : static_cast<char32_t>(code), begin, end};
}

Character characterBefore(std::string_view text, std::size_t end) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    auto begin = static_cast<std::int32_t>(end);
    UChar32 code = 0;
    U8_PREV(bytes, 0, begin, code);
    return {code < 0 ? kReplacement : static_cast<char32_t>(code), static_cast<std::size_t>(begin), end};
}

std::size_t length(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); at = characterAt(text, at).end) ++count;
    return count;
}

void append(std::string& text, char32_t code) {
    char spelled[U8_MAX_LENGTH];
    std::int32_t count = 0;
    U8_APPEND_UNSAFE(spelled, count, icuCode(code));
    text.append(spelled, static_cast<std::size_t>(count));
}

bool isValid(std::string_view bytes) {
    const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    for (std::size_t at = 0; at < bytes.size();) {
        UChar32 code = 0;
        U8_NEXT(data, at, bytes.size(), code);
        if (code < 0) return false;
    }
    return true;
}

std::string repaired(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const auto character = characterAt(bytes, at);
        append(text, character.code);
        at = character.end;
    }
    return text;
}

bool isWhitespace(char32_t code) {
    static const auto table = tableOf({"White_Space"});
    return table.contains(code);
}

bool isNumeric(char32_t code) {
    static const auto table = tableOf({"N"});
    return table.contains(code);
}

bool isPunctuation(char32_t code) {
    static const CodePointTable table(readSet(kOfOlderVersions, "Punctuation 7"));
    const bool asciiSymbol = code == '$' || code == '+' || code == '<' || code == '=' || code == '>' || code == '^' ||
                             code == '`' || code == '|' || code == '~';
    constexpr char32_t kSandhiMark = 0x111C9;  // of a later version, and among them all the same
    return asciiSymbol || code == kSandhiMark || table.contains(code);
}

bool isWordCharacter(char32_t code) {
    static const auto table = tableOf({"Alphabetic", "M", "Nd", "Pc", "Join_Control"});
    return table.contains(code);
}

bool isMark(char32_t code) {
    static const CodePointTable table(readSet(kOfOlderVersions, "Mark 9"));
    return table.contains(code);
}

std::string lowercase(std::string_view text) {
    constexpr char32_t kCapitalIWithDot = 0x130;  // the one character whose small form is two
    std::string lower;
    lower.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto character = characterAt(text, at);
        if (character.code == kCapitalIWithDot)
            lower += "i\u0307";
        else
            append(lower, lowercase(character.code));
        at = character.end;
    }
    return lower;
}

std::string normalForm(std::string_view text, NormalForm form) {
    std::string normal;
    icu::StringByteSink<std::string> sink(&normal, checkedLength(text));
    UErrorCode status = U_ZERO_ERROR;
    normalizer(form).normalizeUTF8(0, icu::StringPiece(text.data(), checkedLength(text)), sink, nullptr, status);
    if (U_FAILURE(status))
        throw std::runtime_error(std::string("ICU could not normalize a text: ") + u_errorName(status) + ".");
    return normal;
}

}  // namespace mergarium::text
