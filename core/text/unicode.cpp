#include "core/text/unicode.h"

#include <unicode/brkiter.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>

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

bool isOfUnicode(std::uint8_t version, char32_t code) {
    UVersionInfo age;
    u_charAge(icuCode(code), age);
    return age[0] != 0 && (age[0] < version || (age[0] == version && age[1] == 0));
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

std::vector<std::string_view> graphemeClusters(std::string_view text) {
    std::vector<std::string_view> clusters;
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UText, decltype(&utext_close)> opened(
        utext_openUTF8(nullptr, text.data(), checkedLength(text), &status), &utext_close);
    const std::unique_ptr<icu::BreakIterator> iterator(
        icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
    if (U_SUCCESS(status)) iterator->setText(opened.get(), status);
    if (U_FAILURE(status)) throw std::runtime_error("ICU knows no ends of characters: its data are missing.");
    std::size_t begin = 0;
    for (auto end = iterator->next(); end != icu::BreakIterator::DONE; end = iterator->next()) {
        clusters.push_back(text.substr(begin, static_cast<std::size_t>(end) - begin));
        begin = static_cast<std::size_t>(end);
    }
    return clusters;
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

bool isWhitespace(char32_t code) { return u_isUWhiteSpace(icuCode(code)) != 0; }

bool isNumeric(char32_t code) { return (U_GET_GC_MASK(icuCode(code)) & U_GC_N_MASK) != 0; }

bool isPunctuation(char32_t code) {
    const bool asciiSymbol = code == '$' || code == '+' || code == '<' || code == '=' || code == '>' || code == '^' ||
                             code == '`' || code == '|' || code == '~';
    // Two were moved to other categories later.
    const bool formerMark = code == 0x166D || code == 0x111C9;
    return asciiSymbol || formerMark || ((U_GET_GC_MASK(icuCode(code)) & U_GC_P_MASK) != 0 && isOfUnicode(7, code));
}

bool isWordCharacter(char32_t code) {
    constexpr auto kWord = U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK;
    return (U_GET_GC_MASK(icuCode(code)) & kWord) != 0 || u_isUAlphabetic(icuCode(code)) ||
           u_hasBinaryProperty(icuCode(code), UCHAR_JOIN_CONTROL);
}

bool isMark(char32_t code) { return (U_GET_GC_MASK(icuCode(code)) & U_GC_M_MASK) != 0 && isOfUnicode(9, code); }

bool isScript(const std::string& name) {
    return u_getPropertyValueEnum(UCHAR_SCRIPT, name.c_str()) != UCHAR_INVALID_CODE;
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
            append(lower, static_cast<char32_t>(u_tolower(icuCode(character.code))));
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
