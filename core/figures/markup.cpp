#include "core/figures/markup.h"

#include "core/text/unicode.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mergarium {
namespace {

bool fitsXml(char32_t code) {
    if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
    return code != 0xFFFE && code != 0xFFFF;
}

}  // namespace

std::string escapedMarkup(std::string_view bytes) {
    std::string escaped;
    escaped.reserve(bytes.size());
    for (std::size_t begin = 0; begin < bytes.size();) {
        const auto character = text::characterAt(bytes, begin);
        begin = character.end;
        switch (character.code) {
            case '&': escaped += "&amp;"; break;
            case '<': escaped += "&lt;"; break;
            case '>': escaped += "&gt;"; break;
            case '"': escaped += "&quot;"; break;
            case '\'': escaped += "&#39;"; break;
            default: text::append(escaped, fitsXml(character.code) ? character.code : U'\uFFFD');
        }
    }
    return escaped;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t three = 0;
        const auto count = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t j = 0; j < 3; ++j)
            three = three << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j) text += j <= count ? kDigits[three >> (18 - 6 * j) & 0x3F] : '=';
    }
    return text;
}

}  // namespace mergarium
