#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// An object of a configuration file, with its name for error messages; all of these throw std::runtime_error naming
/// the file and the key. Null counts as absent, as in the files' own convention. `source` and the object outlive this.
class ConfigKeys {
public:
    ConfigKeys(const nlohmann::json& object, std::string_view source, std::string prefix = {});

    /// What isn't known of a key is why it is refused: "is missing".
    [[noreturn]] void refuse(std::string_view key, std::string_view why) const;
    /// "is VALUE, which is not supported" and `what`.
    [[noreturn]] void unsupported(std::string_view key, std::string_view what = {}) const;

    /// Null pointer: absent.
    const nlohmann::json* find(std::string_view key) const;
    bool has(std::string_view key) const { return find(key) != nullptr; }
    /// Whether the key is there, and null.
    bool isNull(std::string_view key) const;

    /// A whole number from 1 to 2^31 - 1.
    std::int64_t count(std::string_view key) const;
    std::int64_t count(std::string_view key, std::int64_t otherwise) const;
    /// Under the first of these names that is there.
    std::int64_t countOf(std::initializer_list<std::string_view> names) const;
    /// From 0 to 2^31 - 1.
    std::int64_t countOrZero(std::string_view key, std::int64_t otherwise) const;
    /// The same, and 0 where the key is there, and null.
    std::int64_t countOrNone(std::string_view key, std::int64_t otherwise) const;
    double positive(std::string_view key) const;
    double positive(std::string_view key, double otherwise) const;
    std::optional<double> positiveOrNone(std::string_view key, std::optional<double> otherwise = {}) const;
    std::vector<double> positives(std::string_view key) const;
    bool flag(std::string_view key, bool otherwise) const;
    std::string text(std::string_view key) const;
    std::string text(std::string_view key, std::string_view otherwise) const;
    /// Whole numbers from 0 up; empty where the key is absent.
    std::vector<std::int64_t> counts(std::string_view key) const;
    /// A token or a list of tokens; empty where the key is absent.
    std::vector<std::int32_t> tokens(std::string_view key) const;

    ConfigKeys child(std::string_view key) const;
    /// Keys that aren't there, not even as null, are taken from `others`, an object.
    ConfigKeys completedWith(nlohmann::json others) const;

private:
    const nlohmann::json& object_;
    std::shared_ptr<const nlohmann::json> others_;
    std::string_view source_;
    std::string prefix_;
};

}  // namespace mergarium
