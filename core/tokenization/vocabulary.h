#pragma once

#include "core/tokenization/component.h"
#include "core/tokenization/string_map.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mergarium::text {

/// Tokens and their ids, both ways. Immutable; any thread.
class Vocabulary {
public:
    /// Reads an object of tokens and ids.
    explicit Vocabulary(const Component& component);
    // Not copied: the names of ids point into the map of tokens.
    Vocabulary(const Vocabulary&) = delete;
    Vocabulary& operator=(const Vocabulary&) = delete;

    std::optional<std::int32_t> idOf(std::string_view token) const;
    std::optional<std::string> tokenOf(std::int32_t id) const;
    /// The number of tokens.
    std::size_t size() const { return ids_.size(); }
    /// 0 when there is none.
    std::size_t largestIdPlusOne() const { return largestIdPlusOne_; }

private:
    StringMap<std::int32_t> ids_;
    std::unordered_map<std::int32_t, std::string_view> tokens_;
    std::size_t largestIdPlusOne_ = 0;
};

}  // namespace mergarium::text
