#include "core/sweeps/sweep_draft.h"

#include "core/configuration/yaml_section.h"
#include "core/sweeps/sweep_text.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>

namespace mergarium {
namespace {

using Entries = std::vector<SweepDraft::Entry>;

/// "{a: 1, b: 2}" -> "a: 1, b: 2".
std::string unwrapped(const YAML::Node& value) {
    if (value.IsNull()) return {};
    auto text = inlineYaml(value);
    return value.IsMap() || value.IsSequence() ? text.substr(1, text.size() - 2) : text;
}

void entries(Section& top, const std::string& key, Entries& into) {
    const auto given = top.find(key);
    if (!given) return;
    if (!given->IsMap()) top.refuse(key, *given, "must be a map");
    for (const auto& entry : *given) into.push_back({top.scalar(key, entry.first), unwrapped(entry.second)});
}

/// As a key or value that stands alone in a block.
std::string scalarText(const std::string& word) {
    YAML::Emitter out;
    out << word;
    return out.c_str();
}

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

void flatten(const YAML::Node& node, const std::string& path, std::vector<std::string>& into) {
    for (const auto& entry : node) {
        const auto key = path.empty() ? entry.first.Scalar() : path + "." + entry.first.Scalar();
        if (entry.second.IsMap())
            flatten(entry.second, key, into);
        else
            into.push_back(key);
    }
}

}  // namespace

SweepDraft parseDraft(std::string_view yaml, std::string_view sourceName) {
    const auto root = loadYaml(yaml, sourceName);
    const Source source(std::string(sourceName), {}, {});
    Section top(root, "", source);
    SweepDraft draft;
    draft.description = headingOf(yaml);
    top.text("name", draft.name);
    top.text("base", draft.base);
    if (const auto set = top.find("set")) draft.common = unwrapped(*set);
    entries(top, "arms", draft.arms);
    entries(top, "axes", draft.axes);
    if (const auto seeds = top.find("seeds")) {
        draft.seeds = unwrapped(*seeds);
        // One seed of a list is not a number of seeds.
        if (seeds->IsSequence() && seeds->size() == 1) draft.seeds += ",";
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
    flatten(YAML::Load(toYaml(RunConfiguration{})), "", keys);
    // A sweep's own: its runs differ in them anyway.
    std::erase(keys, "name");
    std::erase(keys, "seed");
    std::ranges::sort(keys);
    return keys;
}

}  // namespace mergarium
