#include "core/families/config_keys.h"

#include "core/files/excerpt.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace mergarium {
namespace {

using nlohmann::json;

constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();

bool isWhole(const json& value, std::int64_t least) {
    if (value.is_number_unsigned()) return value.get<std::uint64_t>() <= kMost && value.get<std::int64_t>() >= least;
    return value.is_number_integer() && value.get<std::int64_t>() >= least && value.get<std::int64_t>() <= kMost;
}

bool isPositive(const json& value) {
    return value.is_number() && value.get<double>() > 0.0 && std::isfinite(value.get<double>());
}

}  // namespace

ConfigKeys::ConfigKeys(const json& object, std::string_view source, std::string prefix)
    : object_(object), source_(source), prefix_(std::move(prefix)) {
    if (!object.is_object())
        throw std::runtime_error(fmt::format("{}: {} is not a JSON object.", source, prefix_.empty() ? "it" : prefix_));
}

void ConfigKeys::refuse(std::string_view key, std::string_view why) const {
    throw std::runtime_error(fmt::format("{}: {}{} {}.", source_, prefix_, key, excerptOf(why, 1000)));
}

void ConfigKeys::unsupported(std::string_view key, std::string_view what) const {
    refuse(key, fmt::format("is {}, which is not supported{}", find(key)->dump(), what));
}

const json* ConfigKeys::find(std::string_view key) const {
    const auto found = object_.find(key);
    if (found != object_.end()) return found->is_null() ? nullptr : &*found;
    if (!others_) return nullptr;
    const auto other = others_->find(key);
    return other == others_->end() ? nullptr : &*other;
}

bool ConfigKeys::isNull(std::string_view key) const {
    const auto found = object_.find(key);
    return found != object_.end() && found->is_null();
}

std::int64_t ConfigKeys::count(std::string_view key) const {
    const json* value = find(key);
    if (!value) refuse(key, "is missing");
    if (!isWhole(*value, 1)) refuse(key, fmt::format("is {} where a whole number from 1 up is needed", value->dump()));
    return value->get<std::int64_t>();
}

std::int64_t ConfigKeys::count(std::string_view key, std::int64_t otherwise) const {
    return has(key) ? count(key) : otherwise;
}

std::int64_t ConfigKeys::countOf(std::initializer_list<std::string_view> names) const {
    for (const auto name : names)
        if (has(name)) return count(name);
    return count(*names.begin());
}

std::int64_t ConfigKeys::countOrZero(std::string_view key, std::int64_t otherwise) const {
    const json* value = find(key);
    if (!value) return otherwise;
    if (!isWhole(*value, 0)) refuse(key, fmt::format("is {} where a whole number from 0 up is needed", value->dump()));
    return value->get<std::int64_t>();
}

std::int64_t ConfigKeys::countOrNone(std::string_view key, std::int64_t otherwise) const {
    return isNull(key) ? 0 : countOrZero(key, otherwise);
}

double ConfigKeys::positive(std::string_view key) const {
    const json* value = find(key);
    if (!value) refuse(key, "is missing");
    if (!isPositive(*value)) refuse(key, fmt::format("is {} where a positive number is needed", value->dump()));
    return value->get<double>();
}

double ConfigKeys::positive(std::string_view key, double otherwise) const {
    return has(key) ? positive(key) : otherwise;
}

std::optional<double> ConfigKeys::positiveOrNone(std::string_view key, std::optional<double> otherwise) const {
    if (isNull(key)) return std::nullopt;
    return has(key) ? positive(key) : otherwise;
}

std::vector<double> ConfigKeys::positives(std::string_view key) const {
    const json* value = find(key);
    if (!value) refuse(key, "is missing");
    std::vector<double> numbers;
    if (value->is_array())
        for (const auto& one : *value)
            if (isPositive(one)) numbers.push_back(one.get<double>());
    if (!value->is_array() || numbers.size() != value->size())
        refuse(key, fmt::format("is {} where a list of positive numbers is needed", value->dump()));
    return numbers;
}

bool ConfigKeys::flag(std::string_view key, bool otherwise) const {
    const json* value = find(key);
    if (!value) return otherwise;
    if (!value->is_boolean()) refuse(key, fmt::format("is {} where true or false is needed", value->dump()));
    return value->get<bool>();
}

std::string ConfigKeys::text(std::string_view key) const {
    const json* value = find(key);
    if (!value) refuse(key, "is missing");
    if (!value->is_string()) refuse(key, fmt::format("is {} where a text is needed", value->dump()));
    return value->get<std::string>();
}

std::string ConfigKeys::text(std::string_view key, std::string_view otherwise) const {
    return has(key) ? text(key) : std::string(otherwise);
}

std::vector<std::int64_t> ConfigKeys::counts(std::string_view key) const {
    std::vector<std::int64_t> numbers;
    const json* value = find(key);
    if (!value) return numbers;
    if (value->is_array())
        for (const auto& one : *value)
            if (isWhole(one, 0)) numbers.push_back(one.get<std::int64_t>());
    if (!value->is_array() || numbers.size() != value->size())
        refuse(key, fmt::format("is {} where a list of whole numbers is needed", value->dump()));
    return numbers;
}

std::vector<std::int32_t> ConfigKeys::tokens(std::string_view key) const {
    std::vector<std::int32_t> tokens;
    const json* value = find(key);
    if (!value) return tokens;
    for (const auto& one : value->is_array() ? *value : json::array({*value})) {
        if (!isWhole(one, 0))
            refuse(key, fmt::format("is {} where a token or a list of tokens is needed", value->dump()));
        tokens.push_back(one.get<std::int32_t>());
    }
    return tokens;
}

ConfigKeys ConfigKeys::completedWith(json others) const {
    auto keys = *this;
    keys.others_ = std::make_shared<const json>(std::move(others));
    return keys;
}

ConfigKeys ConfigKeys::child(std::string_view key) const {
    return {*find(key), source_, fmt::format("{}{}.", prefix_, key)};
}

}  // namespace mergarium
