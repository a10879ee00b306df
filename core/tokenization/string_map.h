#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mergarium::text {

struct StringHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

/// A map with lookup by std::string_view, without a temporary string.
template <typename Value>
using StringMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

}  // namespace mergarium::text
