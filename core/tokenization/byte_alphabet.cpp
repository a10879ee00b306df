#include "core/tokenization/byte_alphabet.h"

#include "core/text/unicode.h"

#include <array>

namespace mergarium::text {
namespace {

constexpr char32_t kFirstStandIn = 0x100;

constexpr bool isVisible(unsigned byte) {
    return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
}

struct Alphabet {
    std::array<std::string, 256> characters;
    std::array<std::optional<std::uint8_t>, 0x200> bytes{};

    Alphabet() {
        char32_t standIn = kFirstStandIn;
        for (unsigned byte = 0; byte < 256; ++byte) {
            const char32_t code = isVisible(byte) ? char32_t{byte} : standIn++;
            append(characters[byte], code);
            bytes[code] = static_cast<std::uint8_t>(byte);
        }
    }
};

const Alphabet& alphabet() {
    static const Alphabet made;
    return made;
}

}  // namespace

std::string spelledAsBytes(std::string_view text) {
    const auto& characters = alphabet().characters;
    std::string spelled;
    spelled.reserve(text.size() + text.size() / 4);
    for (const char byte : text) spelled += characters[static_cast<std::uint8_t>(byte)];
    return spelled;
}

std::optional<std::uint8_t> byteOf(char32_t code) {
    const auto& bytes = alphabet().bytes;
    return code < bytes.size() ? bytes[code] : std::nullopt;
}

}  // namespace mergarium::text
