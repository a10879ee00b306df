#include "core/files/excerpt.h"

#include <algorithm>

namespace mergarium {

std::string excerptOf(std::string_view text, std::size_t most) {
    auto length = std::min(text.size(), most);
    while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) --length;
    std::string excerpt(text.substr(0, length));
    std::ranges::replace_if(
        excerpt, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    return length < text.size() ? excerpt + "..." : excerpt;
}

}  // namespace mergarium
