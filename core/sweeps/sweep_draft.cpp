#include "core/sweeps/sweep_draft.h"

#include "core/configuration/configuration.h"
#include "core/fields/map_reader.h"
#include "core/fields/yaml.h"

#include <fmt/format.h>

#include <algorithm>

namespace mergarium {
namespace {

using Entries = std::vector<SweepDraft::Entry>;

/// "{a: 1, b: 2}" -> "a: 1, b: 2".
std::string unwrapped(const Value& value) {
    if (value.isNull()) return {};
    auto text = toInlineYaml(value);
    return value.isMap() || value.isList() ? text.substr(1, text.size() - 2) : text;
}

void entries(MapReader& top, const std::string& key, Entries& into) {
    const auto* given = top.find(key);
    if (!given) return;
    if (!given->isMap()) top.refuse(key, *given, "must be a map");
    for (const auto& entry : given->map()) into.push_back({entry.key, unwrapped(entry.value)});
}

/// As a key or value that stands alone in a block.
std::string scalarText(const std::string& word) { return toInlineYaml(Value(word)); }

void append(std::string& text, std::string_view key, const Entries& entries, char open, char close) {
    if (entries.empty()) return;
    text += fmt::format("{}:\n", key);
    for (const auto& one : entries) {
        text += fmt::format("  {}: ", scalarText(one.key));
        if (open) text += open;
        text += one.value;
        if (close) text += close;
        text += '\n';
    }
}

}  // namespace

SweepDraft parseDraft(std::string_view yaml, std::string_view sourceName) {
    const auto root = parseYaml(yaml, sourceName);
    const Source source(std::string(sourceName), {});
    MapReader top(root, "", source);
    SweepDraft draft;
    draft.description = headingOf(yaml);
    top.text("name", draft.name);
    top.text("base", draft.base);
    if (const auto* set = top.find("set")) draft.common = unwrapped(*set);
    entries(top, "arms", draft.arms);
    entries(top, "axes", draft.axes);
    if (const auto* seeds = top.find("seeds")) {
        draft.seeds = unwrapped(*seeds);
        // One seed of a list is not a number of seeds.
        if (seeds->isList() && seeds->list().size() == 1) draft.seeds += ",";
    }
    entries(top, "published", draft.published);
    top.close();
    return draft;
}

std::string toYaml(const SweepDraft& draft) {
    std::string text;
    if (!draft.description.empty()) text += fmt::format("# {}\n", draft.description);
    text += fmt::format("name: {}\nbase: {}\n", scalarText(draft.name), scalarText(draft.base));
    if (!draft.common.empty()) text += fmt::format("set: {{{}}}\n", draft.common);
    append(text, "arms", draft.arms, '{', '}');
    append(text, "axes", draft.axes, '[', ']');
    const bool list = draft.seeds.find(',') != std::string::npos;
    text += list ? fmt::format("seeds: [{}]\n", draft.seeds) : fmt::format("seeds: {}\n", draft.seeds);
    append(text, "published", draft.published, 0, 0);
    return text;
}

std::vector<std::string> configurationKeys() {
    std::vector<std::string> keys;
    for (auto& parameter : allParameters())
        if (parameter.key.find("[]") == std::string::npos) keys.push_back(std::move(parameter.key));
    // A sweep's own: its runs differ in them anyway.
    std::erase(keys, "name");
    std::erase(keys, "seed");
    std::ranges::sort(keys);
    return keys;
}

}  // namespace mergarium
