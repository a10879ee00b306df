#include "core/configuration/short_yaml.h"

#include "core/fields/field_writer.h"
#include "core/fields/yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace mergarium {
namespace {

Value valueOf(const RunConfiguration& configuration) {
    auto copy = configuration;
    FieldWriter writer;
    visit(writer, copy);
    return writer.map();
}

bool says(const Value& root, const RunConfiguration& configuration) {
    try {
        return parseConfiguration(toYaml(root), "") == configuration;
    } catch (const ConfigurationError&) {
        return false;
    }
}

/// Leaves out of `map`, which is a part of `root`, what goes without saying.
void shorten(Value& map, const Value& root, const RunConfiguration& configuration) {
    auto& entries = map.map();
    for (std::size_t i = 0; i < entries.size();) {
        auto entry = std::move(entries[i]);
        entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(i));
        if (says(root, configuration)) continue;
        entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(i), std::move(entry));
        if (entries[i].value.isMap()) shorten(entries[i].value, root, configuration);
        ++i;
    }
}

std::string inlineOf(const Value& value) { return toInlineYaml(value); }

const std::string* kindOf(const Value& map) {
    const auto* kind = map.find("kind");
    return kind && kind->isScalar() ? &kind->scalar() : nullptr;
}

/// Whether `b` can be made of `a` key by key: no key can be taken away.
bool isSameSort(const Value& a, const Value& b) {
    if (!a.isMap() || !b.isMap()) return false;
    if (!std::ranges::all_of(a.map(), [&](const auto& entry) { return b.find(entry.key); })) return false;
    const auto *first = kindOf(a), *second = kindOf(b);
    return first && second ? *first == *second : !first && !second;
}

void compare(const Value& base, const Value& value, const std::string& prefix, std::vector<Override>& overrides) {
    for (const auto& entry : value.map()) {
        const auto key = prefix.empty() ? entry.key : prefix + '.' + entry.key;
        const auto* before = base.find(entry.key);
        if (before && isSameSort(*before, entry.value))
            compare(*before, entry.value, key, overrides);
        else if (const auto text = inlineOf(entry.value); !before || inlineOf(*before) != text)
            overrides.push_back({key, text});
    }
}

}  // namespace

std::string toShortYaml(const RunConfiguration& configuration) {
    auto root = valueOf(configuration);
    if (!says(root, configuration)) return toYaml(configuration);
    shorten(root, root, configuration);
    return toYaml(root);
}

std::vector<Override> overridesFrom(const RunConfiguration& base, const RunConfiguration& configuration) {
    std::vector<Override> overrides;
    compare(valueOf(base), valueOf(configuration), {}, overrides);
    return overrides;
}

}  // namespace mergarium
