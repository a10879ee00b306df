#include "core/fields/map_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>

namespace mergarium {

MapReader::MapReader(const Value& map, std::string path, const Source& source)
    : map_(map), path_(std::move(path)), source_(source) {
    if (!map_.isMap()) source_.refuse(path_.empty() ? "the file" : path_, map_, "must be a map of keys and values");
}

const Value* MapReader::find(std::string_view key) {
    asked_.emplace(key);
    return map_.find(key);
}

std::string MapReader::full(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void MapReader::refuse(std::string_view key, const Value& at, std::string_view sentence) const {
    source_.refuse(full(key), at, sentence);
}

void MapReader::text(std::string_view key, std::string& into) {
    if (const auto* value = find(key)) into = scalarOf(key, *value);
}

void MapReader::path(std::string_view key, std::filesystem::path& into) {
    if (const auto* value = find(key)) into = pathOf(key, *value);
}

void MapReader::texts(std::string_view key, std::vector<std::string>& into) {
    const auto* value = find(key);
    if (!value) return;
    into.clear();
    if (value->isScalar()) {
        into.push_back(value->scalar());
        return;
    }
    if (!value->isList()) refuse(key, *value, "must be a list");
    for (const auto& one : value->list()) into.push_back(scalarOf(key, one));
}

void MapReader::whole(std::string_view key, std::uint64_t& into) {
    if (const auto* value = find(key)) into = wholeOf(key, *value);
}

void MapReader::number(std::string_view key, double& into) {
    if (const auto* value = find(key)) into = numberOf(key, *value);
}

void MapReader::boolean(std::string_view key, bool& into) {
    const auto* value = find(key);
    if (!value) return;
    // As YAML 1.1 has it, whose files people have.
    constexpr std::string_view kTrue[] = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"};
    constexpr std::string_view kFalse[] = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"};
    if (value->isScalar())
        for (std::size_t i = 0; i < std::size(kTrue); ++i)
            if (value->scalar() == kTrue[i] || value->scalar() == kFalse[i]) {
                into = value->scalar() == kTrue[i];
                return;
            }
    refuse(key, *value, "must be true or false");
}

const std::string& MapReader::scalarOf(std::string_view key, const Value& value) const {
    if (!value.isScalar()) refuse(key, value, "must be a single value");
    return value.scalar();
}

std::filesystem::path MapReader::pathOf(std::string_view key, const Value& value) const {
    const auto& word = scalarOf(key, value);
    if (word.empty()) refuse(key, value, "must be a path");
    return source_.resolve(value, word);
}

std::uint64_t MapReader::wholeOf(std::string_view key, const Value& value) const {
    const auto& word = scalarOf(key, value);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc{} || end != word.data() + word.size())
        refuse(key, value, fmt::format("is '{}', but must be a whole number of at least 0", word));
    return number;
}

double MapReader::numberOf(std::string_view key, const Value& value) const {
    const auto& word = scalarOf(key, value);
    double number = 0.0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc{} || end != word.data() + word.size() || !std::isfinite(number))
        refuse(key, value, fmt::format("is '{}', but must be a finite number", word));
    return number;
}

void MapReader::close() const {
    for (const auto& entry : map_.map())
        if (!asked_.contains(entry.key))
            source_.refuse(full(entry.key), entry,
                           fmt::format("is not a known key; known here are: {}", fmt::join(asked_, ", ")));
}

}  // namespace mergarium
