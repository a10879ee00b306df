#pragma once

#include "core/text/pattern.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium::text {

/// A normalizer, a pre-tokenizer or a decoder has at most so many; real ones have fewer than ten.
inline constexpr std::size_t kMostSteps = 1000;

/// One component of a tokenizer.json, say a decoder, and where in the file it stands. Every access is checked; what is
/// missing, malformed or unknown is refused with a std::runtime_error that names the place. Refers to the document.
class Component {
public:
    /// `where` names the file and the key: "model/tokenizer.json: decoder".
    Component(const nlohmann::json& value, std::string where, int depth = 0);

    const nlohmann::json& value() const { return value_; }
    bool isNull() const;
    /// Present and not null.
    bool has(std::string_view key) const;

    /// The value of "type".
    std::string type() const;
    bool flag(std::string_view key, std::optional<bool> otherwise = std::nullopt) const;
    std::string text(std::string_view key) const;
    /// Nothing when the key is absent, null or an empty string.
    std::optional<std::string> optionalText(std::string_view key) const;
    std::int64_t integer(std::string_view key) const;
    /// The one character of a string.
    char32_t character(std::string_view key) const;
    /// {"String": s} or {"Regex": r}.
    Pattern pattern(std::string_view key) const;

    Component at(std::string_view key) const;
    std::vector<Component> list(std::string_view key) const;
    std::vector<Component> elements() const;

    /// Refuses keys other than these and "type": an unknown setting can't be honoured.
    void allow(std::initializer_list<std::string_view> keys) const;
    [[noreturn]] void refuse(std::string_view what) const;
    [[noreturn]] void refuseType() const;

private:
    const nlohmann::json& require(std::string_view key) const;

    const nlohmann::json& value_;
    std::string where_;
    int depth_;
};

/// A token's id, from 0 to 999,999,999; nothing when the value isn't one.
std::optional<std::int32_t> tokenId(const nlohmann::json& value);
/// The same, but refuses other values.
std::int32_t tokenId(const Component& component);

}  // namespace mergarium::text
