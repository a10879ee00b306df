#pragma once

#include "core/configuration/configuration.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// Where messages say that a key stands.
class Source {
public:
    /// `folder` is what relative paths in the text are relative to; those in overrides are relative to the current
    /// folder.
    Source(std::string name, std::filesystem::path folder, const std::vector<Override>& overrides)
        : name_(std::move(name)), folder_(std::move(folder)) {
        for (const auto& one : overrides) overridden_.insert(one.key);
    }

    std::filesystem::path resolve(const std::string& key, const std::string& path) const {
        const auto base = overriding(key).empty() && !folder_.empty() ? std::filesystem::absolute(folder_)
                                                                      : std::filesystem::current_path();
        return (base / path).lexically_normal();
    }

    [[noreturn]] void refuse(const std::string& key, const YAML::Mark& mark, std::string_view sentence) const {
        throw ConfigurationError(fmt::format("{}: {}: {}.", place(key, mark), key, sentence));
    }

private:
    /// The override that a key's value came by; empty when it came from the text.
    std::string overriding(const std::string& key) const {
        for (std::string prefix = key; !prefix.empty();
             prefix.resize(prefix.find_last_of('.') + 1 ? prefix.find_last_of('.') : 0))
            if (overridden_.contains(prefix)) return prefix;
        return {};
    }

    std::string place(const std::string& key, const YAML::Mark& mark) const {
        if (const auto prefix = overriding(key); !prefix.empty()) return "--set " + prefix;
        return mark.is_null() ? name_ : fmt::format("{}, line {}", name_, mark.line + 1);
    }

    std::string name_;
    std::filesystem::path folder_;
    std::set<std::string> overridden_;
};

/// One YAML map, read key by key; `close` refuses what nobody asked for.
class Section {
public:
    Section(const YAML::Node& node, std::string path, const Source& source)
        : node_(node), path_(std::move(path)), source_(source) {
        if (!node_.IsMap())
            source_.refuse(path_.empty() ? "the file" : path_, node_.Mark(), "must be a map of keys and values");
        std::set<std::string> seen;
        for (const auto& entry : node_) {
            const auto key = entry.first.IsScalar() ? entry.first.Scalar() : std::string("?");
            if (!seen.insert(key).second)
                source_.refuse(full(key), entry.first.Mark(), "stands here a second time; remove one");
        }
    }

    std::optional<YAML::Node> find(const std::string& key) {
        known_.insert(key);
        for (const auto& entry : node_)
            if (entry.first.IsScalar() && entry.first.Scalar() == key) return entry.second;
        return std::nullopt;
    }

    std::string full(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }

    [[noreturn]] void refuse(const std::string& key, const YAML::Node& value, std::string_view sentence) const {
        source_.refuse(full(key), value.Mark(), sentence);
    }

    void text(const std::string& key, std::string& into) {
        if (const auto value = find(key)) into = scalar(key, *value);
    }

    void path(const std::string& key, std::filesystem::path& into) {
        if (const auto value = find(key)) into = pathOf(key, *value);
    }

    std::filesystem::path pathOf(const std::string& key, const YAML::Node& value) const {
        const auto word = scalar(key, value);
        if (word.empty()) refuse(key, value, "must be a path");
        return source_.resolve(full(key), word);
    }

    /// A list of texts; a single text is a list of one.
    void texts(const std::string& key, std::vector<std::string>& into) {
        const auto value = find(key);
        if (!value) return;
        into.clear();
        if (value->IsScalar()) {
            into.push_back(value->Scalar());
            return;
        }
        if (!value->IsSequence()) refuse(key, *value, "must be a list");
        for (const auto& one : *value) into.push_back(scalar(key, one));
    }

    void whole(const std::string& key, std::uint64_t& into) {
        if (const auto value = find(key)) into = wholeOf(key, *value);
    }

    void number(const std::string& key, double& into) {
        if (const auto value = find(key)) into = numberOf(key, *value);
    }

    void truth(const std::string& key, bool& into) {
        const auto value = find(key);
        if (!value) return;
        if (!value->IsScalar() || !YAML::convert<bool>::decode(*value, into))
            refuse(key, *value, "must be true or false");
    }

    template <typename Choice>
    void choice(const std::string& key, std::initializer_list<Choice> choices, Choice& into) {
        const auto value = find(key);
        if (!value) return;
        const auto word = scalar(key, *value);
        std::string names;
        for (const Choice one : choices) {
            if (nameOf(one) == word) {
                into = one;
                return;
            }
            names += (names.empty() ? "" : ", ") + std::string(nameOf(one));
        }
        refuse(key, *value, fmt::format("is '{}', but must be one of: {}", word, names));
    }

    std::string scalar(const std::string& key, const YAML::Node& value) const {
        if (!value.IsScalar()) refuse(key, value, "must be a single value");
        return value.Scalar();
    }

    std::uint64_t wholeOf(const std::string& key, const YAML::Node& value) const {
        const auto word = scalar(key, value);
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (error != std::errc{} || end != word.data() + word.size())
            refuse(key, value, fmt::format("is '{}', but must be a whole number of at least 0", word));
        return number;
    }

    double numberOf(const std::string& key, const YAML::Node& value) const {
        const auto word = scalar(key, value);
        double number = 0.0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (error != std::errc{} || end != word.data() + word.size() || !std::isfinite(number))
            refuse(key, value, fmt::format("is '{}', but must be a finite number", word));
        return number;
    }

    const Source& source() const { return source_; }

    void close() const {
        for (const auto& entry : node_) {
            const auto key = entry.first.IsScalar() ? entry.first.Scalar() : std::string("?");
            if (known_.contains(key)) continue;
            std::string names;
            for (const auto& one : known_) names += (names.empty() ? "" : ", ") + one;
            source_.refuse(full(key), entry.first.Mark(), fmt::format("is not a known key; known here are: {}", names));
        }
    }

private:
    YAML::Node node_;
    std::string path_;
    const Source& source_;
    std::set<std::string> known_;
};

}  // namespace mergarium
