#include "core/templates/values/python_text.h"
#include "core/text/unicode.h"

#include <fmt/format.h>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace mergarium::jinja {
namespace {

icu::UnicodeString wide(std::string_view text) {
    return icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
}

std::string narrow(const icu::UnicodeString& text) {
    std::string result;
    return text.toUTF8String(result);
}

/// Whether Python shows a character as it is.
bool isPrintable(char32_t code) {
    if (code == ' ') return true;
    constexpr std::uint32_t kOthers = U_GC_C_MASK | U_GC_Z_MASK;
    return (U_MASK(u_charType(static_cast<UChar32>(code))) & kOthers) == 0;
}

/// A number's digits without the underscores that may stand between two of them; absent where one stands elsewhere.
std::optional<std::string> withoutUnderscores(std::string_view text) {
    std::string digits;
    const auto isDigit = [&](std::size_t at) {
        return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '_')
            digits += text[at];
        else if (at == 0 || !isDigit(at - 1) || !isDigit(at + 1))
            return std::nullopt;
    }
    return digits;
}

/// Of one character; some become several.
std::string titled(std::string_view letter) { return narrow(wide(letter).toTitle(nullptr, icu::Locale::getRoot())); }

}  // namespace

std::string upperCase(std::string_view text) { return narrow(wide(text).toUpper(icu::Locale::getRoot())); }
std::string lowerCase(std::string_view text) { return narrow(wide(text).toLower(icu::Locale::getRoot())); }

std::string titleCase(std::string_view text) {
    std::string result;
    bool behindLetter = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto one = text::characterAt(text, at);
        const auto letter = text.substr(at, one.end - at);
        const auto code = static_cast<UChar32>(one.code);
        if (behindLetter)
            result += lowerCase(letter);
        else
            result += titled(letter);
        behindLetter = u_hasBinaryProperty(code, UCHAR_CASED) != 0;
        at = one.end;
    }
    return result;
}

std::string capitalized(std::string_view text) {
    if (text.empty()) return {};
    const auto end = characterEnd(text, 0);
    return titled(text.substr(0, end)) + lowerCase(text.substr(end));
}

std::string quotedText(std::string_view text) {
    const bool doubled = text.find('\'') != text.npos && text.find('"') == text.npos;
    const char mark = doubled ? '"' : '\'';
    std::string result(1, mark);
    for (std::size_t at = 0; at < text.size();) {
        const auto one = text::characterAt(text, at);
        const auto code = static_cast<std::uint32_t>(one.code);
        if (code == static_cast<std::uint32_t>(mark) || code == '\\')
            result.append(1, '\\').append(1, static_cast<char>(code));
        else if (code == '\n')
            result += "\\n";
        else if (code == '\r')
            result += "\\r";
        else if (code == '\t')
            result += "\\t";
        else if (isPrintable(one.code))
            result += text.substr(at, one.end - at);
        else if (code < 0x100)
            result += fmt::format("\\x{:02x}", code);
        else if (code < 0x10000)
            result += fmt::format("\\u{:04x}", code);
        else
            result += fmt::format("\\U{:08x}", code);
        at = one.end;
    }
    return result + mark;
}

std::string floatText(double number) {
    if (std::isnan(number)) return "nan";
    if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
    if (number == 0.0) return std::signbit(number) ? "-0.0" : "0.0";
    std::array<char, 400> buffer{};
    const auto written = [&](std::chars_format format) {
        const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format).ptr;
        return std::string(buffer.data(), end);
    };
    const auto scientific = written(std::chars_format::scientific);
    const int exponent = std::atoi(scientific.c_str() + scientific.find('e') + 1);
    if (exponent < -4 || exponent >= 16) return scientific;
    auto fixed = written(std::chars_format::fixed);
    return fixed.find('.') == std::string::npos ? fixed + ".0" : fixed;
}

std::optional<std::int64_t> wholeOf(std::string_view text, int base) {
    auto digits = withoutUnderscores(stripped(text, Side::Both));
    if (!digits || digits->empty()) return std::nullopt;
    const bool negative = digits->front() == '-';
    if (negative || digits->front() == '+') digits->erase(0, 1);
    const auto prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
    if (*prefix != '\0' && lowerCase(std::string_view(*digits).substr(0, 2)) == prefix) digits->erase(0, 2);
    if (digits->empty() || std::isalnum(static_cast<unsigned char>(digits->front())) == 0) return std::nullopt;
    if (negative) digits->insert(0, 1, '-');
    std::int64_t number = 0;
    const auto* end = digits->data() + digits->size();
    const auto [read, error] = std::from_chars(digits->data(), end, number, base);
    return read == end && error == std::errc() ? std::optional(number) : std::nullopt;
}

std::optional<double> realOf(std::string_view text) {
    const auto digits = withoutUnderscores(stripped(text, Side::Both));
    if (!digits || digits->empty()) return std::nullopt;
    std::string_view rest = *digits;
    if (rest.front() == '+') rest.remove_prefix(1);
    if (rest.empty() || rest.front() == '+' || rest.find('(') != rest.npos) return std::nullopt;
    double number = 0.0;
    const auto [read, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (read != rest.data() + rest.size()) return std::nullopt;
    if (error == std::errc::result_out_of_range) number = std::strtod(std::string(rest).c_str(), nullptr);
    return number;
}

}  // namespace mergarium::jinja
