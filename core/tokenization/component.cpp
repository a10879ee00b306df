#include "core/tokenization/component.h"

#include "core/files/excerpt.h"
#include "core/text/unicode.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace mergarium::text {
namespace {

constexpr int kDeepest = 32;
/// So far from the largest number that ids can be counted on from there.
constexpr std::uint64_t kIds = 1'000'000'000;

}  // namespace

Component::Component(const nlohmann::json& value, std::string where, int depth)
    : value_(value), where_(std::move(where)), depth_(depth) {
    if (depth > kDeepest) refuse("components are nested too deeply");
}

void Component::refuse(std::string_view what) const {
    throw std::runtime_error(fmt::format("{}: {}.", excerptOf(where_, 1000), excerptOf(what, 1000)));
}

void Component::refuseType() const { refuse(fmt::format("the type '{}' isn't supported", type())); }

bool Component::isNull() const { return value_.is_null(); }

bool Component::has(std::string_view key) const {
    if (!value_.is_object()) refuse("not an object");
    const auto found = value_.find(std::string(key));
    return found != value_.end() && !found->is_null();
}

const nlohmann::json& Component::require(std::string_view key) const {
    if (!has(key)) refuse(fmt::format("the key '{}' is missing", key));
    return value_[std::string(key)];
}

std::string Component::type() const { return text("type"); }

bool Component::flag(std::string_view key, std::optional<bool> otherwise) const {
    if (otherwise && !has(key)) return *otherwise;
    const auto& found = require(key);
    if (!found.is_boolean()) refuse(fmt::format("'{}' is neither true nor false", key));
    return found.get<bool>();
}

std::string Component::text(std::string_view key) const {
    const auto& found = require(key);
    if (!found.is_string()) refuse(fmt::format("'{}' is not a string", key));
    return found.get<std::string>();
}

std::optional<std::string> Component::optionalText(std::string_view key) const {
    if (!has(key)) return std::nullopt;
    auto found = text(key);
    return found.empty() ? std::nullopt : std::optional(std::move(found));
}

std::int64_t Component::integer(std::string_view key) const {
    const auto& found = require(key);
    if (!found.is_number_integer()) refuse(fmt::format("'{}' is not a whole number", key));
    return found.get<std::int64_t>();
}

char32_t Component::character(std::string_view key) const {
    const auto found = text(key);
    if (length(found) != 1) refuse(fmt::format("'{}' is not a single character", key));
    return characterAt(found, 0).code;
}

Pattern Component::pattern(std::string_view key) const {
    const auto& found = require(key);
    const Component kind(found, fmt::format("{}.{}", where_, key), depth_ + 1);
    try {
        if (kind.has("String")) return Pattern::literal(kind.text("String"));
        if (kind.has("Regex")) return Pattern::regex(kind.text("Regex"));
    } catch (const std::invalid_argument& error) {
        kind.refuse(error.what());
    }
    kind.refuse("a pattern is a String or a Regex");
}

Component Component::at(std::string_view key) const {
    return Component(require(key), fmt::format("{}.{}", where_, key), depth_ + 1);
}

std::vector<Component> Component::list(std::string_view key) const { return at(key).elements(); }

std::vector<Component> Component::elements() const {
    if (!value_.is_array()) refuse("not a list");
    std::vector<Component> found;
    found.reserve(value_.size());
    for (const auto& element : value_)
        found.emplace_back(element, fmt::format("{}[{}]", where_, found.size()), depth_ + 1);
    return found;
}

void Component::allow(std::initializer_list<std::string_view> keys) const {
    if (!value_.is_object()) refuse("not an object");
    for (const auto& entry : value_.items())
        if (entry.key() != "type" && std::find(keys.begin(), keys.end(), entry.key()) == keys.end())
            refuse(fmt::format("the key '{}' isn't supported", entry.key()));
}

std::optional<std::int32_t> tokenId(const nlohmann::json& value) {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() >= kIds) return std::nullopt;
    return value.get<std::int32_t>();
}

std::int32_t tokenId(const Component& component) {
    const auto id = tokenId(component.value());
    if (!id) component.refuse(fmt::format("not a token's id, a whole number below {}", kIds));
    return *id;
}

}  // namespace mergarium::text
