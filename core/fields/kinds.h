#pragma once

#include "core/fields/field_list.h"
#include "core/fields/field_reader.h"
#include "core/fields/field_visitor.h"
#include "core/fields/field_writer.h"
#include "core/fields/source.h"
#include "core/fields/yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mergarium {

// Kinds of settings are the alternatives of a variant, each with a name, `Settings::kKind`, what it is, `kSummary`, and
// its `visit`. The variant is the list of kinds; there is no other.

template <typename Variant>
inline constexpr std::size_t kKindCount = std::variant_size_v<Variant>;

/// The names of all kinds, in the variant's order.
template <typename Variant>
constexpr auto kindNames() {
    return []<std::size_t... index>(std::index_sequence<index...>) {
        return std::array<std::string_view, sizeof...(index)>{std::variant_alternative_t<index, Variant>::kKind...};
    }
    (std::make_index_sequence<kKindCount<Variant>>());
}

template <typename Variant>
std::string_view kindOf(const Variant& settings) {
    return kindNames<Variant>()[settings.index()];
}

/// Every kind with its defaults.
template <typename Variant>
const std::array<Variant, kKindCount<Variant>>& defaultKinds() {
    static const auto all = []<std::size_t... index>(std::index_sequence<index...>) {
        return std::array<Variant, sizeof...(index)>{Variant(std::in_place_index<index>)...};
    }
    (std::make_index_sequence<kKindCount<Variant>>());
    return all;
}

/// Keys that some kind knows and the one at `index` doesn't.
template <typename Variant>
const std::vector<std::string>& keysOfOtherKinds(std::size_t index) {
    static const auto others = [] {
        std::array<std::vector<std::string>, kKindCount<Variant>> keys, missing;
        for (std::size_t kind = 0; kind < kKindCount<Variant>; ++kind) {
            auto settings = defaultKinds<Variant>()[kind];
            keys[kind] = std::visit([](auto& one) { return keysOf(one); }, settings);
        }
        for (std::size_t kind = 0; kind < kKindCount<Variant>; ++kind)
            for (const auto& theirs : keys)
                for (const auto& key : theirs)
                    if (std::ranges::find(keys[kind], key) == keys[kind].end()) missing[kind].push_back(key);
        return missing;
    }();
    return others[index];
}

/// Settings of another kind: its defaults, and of `from` what both kinds have and have by the same default.
template <typename Variant>
Variant changedTo(std::size_t index, const Variant& from) {
    const auto valuesOf = [](Variant settings) {
        FieldWriter writer;
        std::visit([&](auto& one) { visit(writer, one); }, settings);
        return writer.map();
    };
    auto settings = defaultKinds<Variant>()[index];
    const auto now = valuesOf(from), before = valuesOf(defaultKinds<Variant>()[from.index()]),
               after = valuesOf(settings);
    Value carried{Value::Map{}};
    for (const auto& entry : now.map()) {
        const auto* was = before.find(entry.key);
        const auto* standard = after.find(entry.key);
        if (was && standard && toInlineYaml(*was) == toInlineYaml(*standard)) carried.at(entry.key) = entry.value;
    }
    const Source source("", {});
    FieldReader reader(carried, source);
    std::visit([&](auto& one) { visit(reader, one); }, settings);
    return settings;
}

/// "m2n2: ...; ga: ...": what every kind is, in its own words (`Settings::kSummary`).
template <typename Variant>
const std::string& kindSummaries() {
    static const auto text = []<std::size_t... index>(std::index_sequence<index...>) {
        std::string all;
        ((all += fmt::format("{}{}: {}", all.empty() ? "" : "; ", std::variant_alternative_t<index, Variant>::kKind,
                             std::variant_alternative_t<index, Variant>::kSummary)),
         ...);
        return all + ".";
    }
    (std::make_index_sequence<kKindCount<Variant>>());
    return text;
}

/// The key `kind`, and the fields of the kind that it names. A visitor that chooses another kind gets it as
/// `changedTo` makes it.
template <typename Variant>
void visitKind(FieldVisitor& visitor, std::string_view label, Variant& settings) {
    static constexpr auto names = kindNames<Variant>();
    const auto index =
        visitor.choice({.key = "kind", .label = label, .help = kindSummaries<Variant>()}, names, settings.index());
    if (index != settings.index()) settings = changedTo<Variant>(index, settings);
    visitor.ofOtherKinds(keysOfOtherKinds<Variant>(index));
    std::visit([&](auto& one) { visit(visitor, one); }, settings);
}

}  // namespace mergarium
