#include "core/diffusion/config_checks.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

void requireAtMost(const ConfigKeys& keys, std::string_view key, std::int64_t value, std::int64_t most) {
    if (value > most) keys.refuse(key, fmt::format("is {}, which is not supported; at most {} are", value, most));
}

}  // namespace

std::int64_t boundedCount(const ConfigKeys& keys, std::string_view key, std::int64_t otherwise, std::int64_t most) {
    const auto value = keys.count(key, otherwise);
    requireAtMost(keys, key, value, most);
    return value;
}

std::vector<std::int64_t> countPerLevel(const ConfigKeys& keys, std::string_view key, std::int64_t otherwise,
                                        std::size_t size, std::int64_t most) {
    const auto* value = keys.find(key);
    if (!value || !value->is_array()) return std::vector<std::int64_t>(size, boundedCount(keys, key, otherwise, most));
    if (std::ranges::any_of(*value, [](const auto& one) { return one.is_array(); }))
        keys.refuse(key, "has a list for a level, which is not supported");
    auto numbers = keys.counts(key);
    if (numbers.size() != size)
        keys.refuse(key, fmt::format("has {} entries, where there are {} levels", numbers.size(), size));
    for (const auto number : numbers) {
        if (number < 1) keys.refuse(key, "has a 0 where a whole number from 1 up is needed");
        requireAtMost(keys, key, number, most);
    }
    return numbers;
}

std::vector<std::int64_t> levelChannels(const ConfigKeys& keys, std::vector<std::int64_t> otherwise) {
    constexpr std::string_view kKey = "block_out_channels";
    if (!keys.has(kKey)) return otherwise;
    const auto* value = keys.find(kKey);
    if (!value->is_array() || value->empty() || value->size() > kMostLevels)
        keys.refuse(kKey, fmt::format("is no list of 1 to {} numbers", kMostLevels));
    return countPerLevel(keys, kKey, 1, value->size(), kMostChannels);
}

std::vector<std::string> textPerLevel(const ConfigKeys& keys, std::string_view key, std::vector<std::string> otherwise,
                                      std::size_t size) {
    if (keys.has(key)) {
        const auto* value = keys.find(key);
        if (!value->is_array() || std::ranges::any_of(*value, [](const auto& one) { return !one.is_string(); }))
            keys.refuse(key, "is no list of texts");
        otherwise = value->get<std::vector<std::string>>();
    }
    if (otherwise.size() != size)
        keys.refuse(key, fmt::format("has {} entries, where there are {} levels", otherwise.size(), size));
    return otherwise;
}

double numberOf(const ConfigKeys& keys, std::string_view key, double otherwise) {
    const auto* value = keys.find(key);
    if (!value) return otherwise;
    if (!value->is_number() || !std::isfinite(value->get<double>()))
        keys.refuse(key, fmt::format("is {} where a number is needed", value->dump()));
    return value->get<double>();
}

void requireText(const ConfigKeys& keys, std::string_view key, std::string_view only) {
    if (keys.text(key, only) != only) keys.unsupported(key, fmt::format("; only {} is", only));
}

void requireFlag(const ConfigKeys& keys, std::string_view key, bool only) {
    if (keys.flag(key, only) != only) keys.unsupported(key);
}

void requireNumber(const ConfigKeys& keys, std::string_view key, double only) {
    if (numberOf(keys, key, only) != only) keys.unsupported(key, fmt::format("; only {} is", only));
}

void requireNone(const ConfigKeys& keys, std::initializer_list<std::string_view> names) {
    for (const auto name : names)
        if (keys.has(name)) keys.unsupported(name);
}

void requireMultiple(const ConfigKeys& keys, std::string_view key, std::int64_t channels, std::string_view what,
                     std::int64_t parts) {
    if (channels % parts != 0) keys.refuse(key, fmt::format("({}) is no multiple of {} ({})", channels, what, parts));
}

}  // namespace mergarium
