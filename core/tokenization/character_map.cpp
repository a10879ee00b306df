#include "core/tokenization/character_map.h"

#include "core/text/unicode.h"
#include "core/tokenization/sentence_piece_check.h"

#include <cstring>

namespace mergarium::text {
namespace {

constexpr std::size_t kLongestCluster = 5;

constexpr std::uint32_t offsetOf(std::uint32_t unit) { return (unit >> 10) << ((unit & (1u << 9)) >> 6); }
constexpr std::uint32_t labelOf(std::uint32_t unit) { return unit & ((1u << 31) | 0xFFu); }
constexpr bool endsAKey(std::uint32_t unit) { return ((unit >> 8) & 1u) == 1u; }

}  // namespace

CharacterMap::CharacterMap(std::string_view table) {
    checkCharacterTable(table);
    if (table.empty()) return;
    std::uint32_t size = 0;
    std::memcpy(&size, table.data(), sizeof size);
    units_.resize(size / sizeof(std::uint32_t));
    std::memcpy(units_.data(), table.data() + sizeof size, size);
    texts_ = table.substr(sizeof size + size);
}

std::optional<std::string_view> CharacterMap::find(std::string_view text) const {
    if (units_.empty()) return std::nullopt;
    std::uint32_t place = offsetOf(units_.front());
    for (const char character : text) {
        const auto byte = static_cast<std::uint8_t>(character);
        if (byte == 0) return std::nullopt;
        place ^= byte;
        const auto unit = units_.at(place);
        if (labelOf(unit) != byte) return std::nullopt;
        place ^= offsetOf(unit);
        if (endsAKey(unit)) return std::string_view(texts_.c_str() + (units_.at(place) & 0x7FFFFFFFu));
    }
    return std::nullopt;
}

CharacterMap::Replaced CharacterMap::replaced(std::string_view text) const {
    Replaced whole;
    auto& result = whole.text;
    result.reserve(text.size());
    for (const auto cluster : graphemeClusters(text)) {
        if (cluster.data() > text.data() && result.empty()) whole.startIsGone = true;
        if (cluster.size() <= kLongestCluster) {
            if (const auto found = find(cluster)) {
                result += *found;
                continue;
            }
        }
        for (std::size_t at = 0; at < cluster.size();) {
            const auto end = characterAt(cluster, at).end;
            const auto character = cluster.substr(at, end - at);
            result += find(character).value_or(character);
            at = end;
        }
    }
    whole.startIsGone = whole.startIsGone || (result.empty() && !text.empty());
    return whole;
}

std::optional<std::string> fromBase64(std::string_view text) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char digit : text) {
        const auto value = kDigits.find(digit);
        if (value == kDigits.npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes.push_back(static_cast<char>(static_cast<std::uint8_t>(bits >> count)));
    }
    return bytes;
}

}  // namespace mergarium::text
