#pragma once

#include <string>
#include <string_view>

namespace mergarium {

/// A text of whatever origin as HTML and XML may hold it, in elements and in quoted attributes: marks of the markup are
/// escaped, broken bytes and characters that XML has no room for become U+FFFD.
std::string escapedMarkup(std::string_view text);

/// RFC 4648.
std::string base64(std::string_view bytes);

}  // namespace mergarium
