#include "core/tokenization/vocabulary.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace mergarium::text {

Vocabulary::Vocabulary(const Component& component) {
    const auto& entries = component.value();
    if (!entries.is_object()) component.refuse("not an object of tokens and ids");
    ids_.reserve(entries.size());
    tokens_.reserve(entries.size());
    for (const auto& entry : entries.items()) {
        const auto id = tokenId(entry.value());
        if (!id) component.refuse(fmt::format("the id of '{}' is not a whole number below 1,000,000,000", entry.key()));
        const auto [place, isNew] = ids_.emplace(entry.key(), *id);
        tokens_.emplace(*id, place->first);
        largestIdPlusOne_ = std::max(largestIdPlusOne_, static_cast<std::size_t>(*id) + 1);
    }
}

std::optional<std::int32_t> Vocabulary::idOf(std::string_view token) const {
    const auto found = ids_.find(token);
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> Vocabulary::tokenOf(std::int32_t id) const {
    const auto found = tokens_.find(id);
    return found == tokens_.end() ? std::nullopt : std::optional<std::string>(found->second);
}

}  // namespace mergarium::text
