#include "core/merging/merge_parameters.h"

#include "core/merging/methods/methods.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace mergarium {
namespace {

double numberFrom(const Value& value, const std::string& key, const Source& source) {
    if (value.isScalar() && !value.quoted) {
        const auto& word = value.scalar();
        for (const auto* truth : {"true", "True", "TRUE"})
            if (word == truth) return 1.0;
        for (const auto* untruth : {"false", "False", "FALSE"})
            if (word == untruth) return 0.0;
        // YAML lets numbers begin with a plus sign.
        const auto* begin = word.data() + (word.starts_with('+') ? 1 : 0);
        double number = 0.0;
        const auto [end, error] = std::from_chars(begin, word.data() + word.size(), number);
        if (error == std::errc{} && end == word.data() + word.size() && std::isfinite(number)) return number;
    }
    source.refuse(key, value,
                  value.isScalar() ? fmt::format("is '{}', but must be a finite number, true or false", value.scalar())
                                   : "must be a number, a list of numbers, or a list of filters with values");
}

MergeGradient gradientFrom(const Value& value, const std::string& key, const Source& source) {
    if (!value.isList()) return {{numberFrom(value, key, source)}};
    if (value.list().empty()) source.refuse(key, value, "is an empty list; give a number, or some");
    MergeGradient gradient;
    for (const auto& one : value.list()) gradient.numbers.push_back(numberFrom(one, key, source));
    return gradient;
}

bool isFilters(const Value& value) {
    return value.isList() && std::ranges::any_of(value.list(), [](const Value& one) { return one.isMap(); });
}

MergeParameter::Filtered filteredFrom(const Value& entry, const std::string& key, const Source& source) {
    if (!entry.isMap()) source.refuse(key, entry, "must be a filter with a value, like the others of its list");
    MergeParameter::Filtered filtered;
    const Value* given = nullptr;
    for (const auto& [name, value, line] : entry.map()) {
        if (name == "value") {
            given = &value;
        } else if (name == "filter" && (value.isScalar() || value.isNull())) {
            filtered.filter = value.isNull() || value.scalar() == "*" ? "" : value.scalar();
        } else {
            Value place = value;
            place.line = line;
            source.refuse(key + "." + name, place,
                          name == "filter" ? "must be a part of a tensor's name"
                                           : "is not a known key; known here are: filter, value");
        }
    }
    if (!given) source.refuse(key, entry, "a filter needs a value");
    filtered.value = gradientFrom(*given, key + ".value", source);
    return filtered;
}

}  // namespace

double LayerPlace::position() const {
    if (!layer) return 0.0;
    return count <= 1 ? 1.0 : static_cast<double>(*layer) / static_cast<double>(count - 1);
}

double MergeGradient::at(const LayerPlace& place) const {
    const double along = place.position() * static_cast<double>(numbers.size() - 1);
    const auto before = std::min(static_cast<std::size_t>(along), numbers.size() - 1);
    const auto behind = std::min(before + 1, numbers.size() - 1);
    const double share = along - static_cast<double>(before);
    return (1.0 - share) * numbers[before] + share * numbers[behind];
}

std::optional<double> MergeParameter::at(std::string_view tensor, const LayerPlace& place) const {
    for (const auto& [filter, value] : entries)
        if (tensor.find(filter) != tensor.npos) return value.at(place);
    return std::nullopt;
}

MergeParameters readMergeParameters(const Value& map, const std::string& key, const Source& source) {
    if (map.isNull()) return {};
    if (!map.isMap()) source.refuse(key, map, "must be a map of parameters and values");
    MergeParameters parameters;
    for (const auto& entry : map.map()) {
        const auto full = key + "." + entry.key;
        if (!isMethodParameter(entry.key)) source.refuse(full, entry, "is not a parameter of any merge method");
        auto& parameter = parameters.emplace_back();
        parameter.name = entry.key;
        parameter.line = entry.line;
        if (entry.value.isMap())
            source.refuse(full, entry, "a filter with its value must be an item of a list, even if it is the only one");
        if (isFilters(entry.value))
            for (const auto& one : entry.value.list()) parameter.entries.push_back(filteredFrom(one, full, source));
        else
            parameter.entries.push_back({.filter = {}, .value = gradientFrom(entry.value, full, source)});
    }
    return parameters;
}

std::optional<double> valueOf(std::string_view name, std::string_view tensor, const LayerPlace& place,
                              std::span<const MergeParameters* const> levels) {
    for (const auto* level : levels) {
        const auto found = std::ranges::find(*level, name, &MergeParameter::name);
        if (found == level->end()) continue;
        if (const auto value = found->at(tensor, place)) return value;
    }
    return std::nullopt;
}

}  // namespace mergarium
