#include "core/sweeps/sweep.h"

#include "core/configuration/yaml_section.h"
#include "core/sweeps/sweep_text.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace mergarium {
namespace {

constexpr std::size_t kMostArms = 10'000;
constexpr std::uint64_t kMostSeeds = 10'000;
constexpr std::uint64_t kMostRuns = 100'000;

/// An arm before its configuration is read.
struct Draft {
    std::string name;
    std::vector<Override> changes;
    /// Where it stands in the file, from 1.
    int line = 0;
};

/// "strategy.archive" -> "archive".
std::string lastPart(const std::string& key) { return key.substr(key.rfind('.') + 1); }

std::vector<Override> changesOf(Section& section, const std::string& key, const YAML::Node& map) {
    std::vector<Override> changes;
    if (map.IsNull()) return changes;
    if (!map.IsMap())
        section.refuse(key, map,
                       "must be a map from keys of the run configuration to values, like {strategy.alpha: 0}");
    for (const auto& entry : map) changes.push_back({section.scalar(key, entry.first), inlineYaml(entry.second)});
    return changes;
}

std::vector<Draft> draftsOf(Section& top) {
    std::vector<Draft> drafts;
    if (const auto arms = top.find("arms")) {
        if (!arms->IsMap() || arms->size() == 0)
            top.refuse("arms", *arms, "must be a map from names of arms to their changes");
        std::set<std::string> seen;
        for (const auto& entry : *arms) {
            const auto name = top.scalar("arms", entry.first);
            if (name.empty() || !seen.insert(name).second)
                top.refuse("arms", entry.first, fmt::format("'{}' stands here a second time, or is empty", name));
            drafts.push_back({name, changesOf(top, "arms", entry.second), entry.first.Mark().line + 1});
        }
    }
    const auto axes = top.find("axes");
    if (!axes) return drafts;
    if (!axes->IsMap() || axes->size() == 0)
        top.refuse("axes", *axes, "must be a map from keys of the run configuration to lists of values");
    const bool named = !drafts.empty();
    if (!named) drafts.push_back({{}, {}, axes->Mark().line + 1});
    for (const auto& entry : *axes) {
        const auto key = top.scalar("axes", entry.first);
        if (!entry.second.IsSequence() || entry.second.size() == 0)
            top.refuse("axes", entry.second, fmt::format("{} must be a list of values", key));
        if (drafts.size() * entry.second.size() > kMostArms)
            top.refuse("axes", entry.second, fmt::format("makes more than {} arms", kMostArms));
        std::vector<Draft> multiplied;
        for (const auto& draft : drafts)
            for (const auto& value : entry.second) {
                auto one = draft;
                const auto text = inlineYaml(value);
                one.name += fmt::format("{}{} {}", one.name.empty() ? "" : ", ", lastPart(key), text);
                one.changes.push_back({key, text});
                multiplied.push_back(std::move(one));
            }
        drafts = std::move(multiplied);
    }
    return drafts;
}

std::vector<std::uint64_t> seedsOf(Section& top, const SweepChoices& choices) {
    std::vector<std::uint64_t> seeds;
    const auto upTo = [&](std::uint64_t count) {
        for (std::uint64_t seed = 1; seed <= count; ++seed) seeds.push_back(seed);
    };
    const auto given = top.find("seeds");
    if (choices.seeds) {
        if (*choices.seeds < 1 || *choices.seeds > kMostSeeds)
            throw ConfigurationError(fmt::format("--seeds {}: must be from 1 to {}.", *choices.seeds, kMostSeeds));
        upTo(*choices.seeds);
    } else if (!given) {
        upTo(1);
    } else if (given->IsSequence()) {
        for (const auto& one : *given) seeds.push_back(top.wholeOf("seeds", one));
        if (seeds.empty() || std::set(seeds.begin(), seeds.end()).size() != seeds.size())
            top.refuse("seeds", *given, "must hold every seed once");
    } else {
        const auto count = top.wholeOf("seeds", *given);
        if (count < 1 || count > kMostSeeds)
            top.refuse("seeds", *given, fmt::format("must be a list of seeds, or how many, from 1 to {}", kMostSeeds));
        upTo(count);
    }
    return seeds;
}

std::vector<PublishedResult> publishedOf(Section& top, const std::vector<Draft>& drafts) {
    std::vector<PublishedResult> results;
    const auto given = top.find("published");
    if (!given) return results;
    if (!given->IsMap()) top.refuse("published", *given, "must be a map from names of arms to percent");
    for (const auto& entry : *given) {
        const auto arm = top.scalar("published", entry.first);
        if (std::none_of(drafts.begin(), drafts.end(), [&](const Draft& one) { return one.name == arm; }))
            top.refuse("published", entry.first, fmt::format("there is no arm '{}'", arm));
        results.push_back({arm, top.numberOf("published", entry.second) / 100.0});
    }
    return results;
}

/// What the reader of a configuration says of a change, without the name of the option that changes come by on the
/// command line.
std::string complaintOf(const ConfigurationError& error, const std::vector<Override>& changes) {
    std::string sentence = error.what();
    for (const auto& change : changes)
        if (const auto place = fmt::format("--set {}: ", change.key); sentence.starts_with(place))
            return sentence.substr(place.size());
    return sentence;
}

std::string textOf(const std::filesystem::path& path) {
    std::ifstream stream(path);
    if (!stream || std::filesystem::is_directory(path))
        throw ConfigurationError(fmt::format("{}: there is no such file.", path.string()));
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::filesystem::path baseOf(const std::string& named, const std::filesystem::path& folder,
                             const std::filesystem::path& resources, std::string_view source) {
    const auto preset = resources / "presets" / (named + ".yaml");
    if (named.find('/') == std::string::npos && std::filesystem::is_regular_file(preset)) return preset;
    if (std::filesystem::is_regular_file(folder / named)) return folder / named;
    throw ConfigurationError(
        fmt::format("{}: base: '{}' is neither a preset nor a file beside this one.", source, named));
}

}  // namespace

RunConfiguration configurationOf(const PlannedArm& arm, std::uint64_t seed) {
    auto configuration = arm.configuration;
    configuration.name = fmt::format("{}, seed {}", arm.name, seed);
    configuration.seed = seed;
    return configuration;
}

Sweep parseSweep(std::string_view yaml, std::string_view sourceName, const std::filesystem::path& folder,
                 const std::filesystem::path& resources, const SweepChoices& choices) {
    const auto root = loadYaml(yaml, sourceName);
    const Source source(std::string(sourceName), folder, {});
    Section top(root, "", source);
    Sweep sweep;
    sweep.description = headingOf(yaml);
    top.text("name", sweep.name);
    if (choices.name) sweep.name = *choices.name;
    if (sweep.name.empty() || sweep.name.find_first_not_of("0123456789") == std::string::npos)
        throw ConfigurationError(
            fmt::format("{}: name: a sweep needs a name, and one that is not a number.", sourceName));
    std::string base;
    top.text("base", base);
    if (base.empty())
        throw ConfigurationError(fmt::format("{}: base: must name a preset or a run configuration.", sourceName));
    std::vector<Override> common;
    if (const auto given = top.find("set")) common = changesOf(top, "set", *given);
    const auto drafts = draftsOf(top);
    if (drafts.empty())
        throw ConfigurationError(fmt::format("{}: neither arms nor axes say what is to be compared.", sourceName));
    sweep.seeds = seedsOf(top, choices);
    if (drafts.size() * sweep.seeds.size() > kMostRuns)
        throw ConfigurationError(fmt::format("{}: seeds: {} arms and {} seeds are more than {} runs.", sourceName,
                                             drafts.size(), sweep.seeds.size(), kMostRuns));
    sweep.published = publishedOf(top, drafts);
    top.close();

    const auto path = baseOf(base, folder, resources, sourceName);
    const auto text = textOf(path);
    for (const auto& draft : drafts) {
        auto changes = common;
        changes.insert(changes.end(), draft.changes.begin(), draft.changes.end());
        changes.insert(changes.end(), choices.overrides.begin(), choices.overrides.end());
        if (choices.evaluations) changes.push_back({"budget.evaluations", std::to_string(*choices.evaluations)});
        if (choices.device) changes.push_back({"device", *choices.device});
        try {
            sweep.arms.push_back({draft.name, parseConfiguration(text, path.string(), changes, path.parent_path())});
        } catch (const ConfigurationError& error) {
            throw ConfigurationError(fmt::format("{}, line {}, arm '{}': {}", sourceName, draft.line, draft.name,
                                                 complaintOf(error, draft.changes)));
        }
    }
    return sweep;
}

Sweep readSweep(const std::filesystem::path& path, const std::filesystem::path& resources,
                const SweepChoices& choices) {
    return parseSweep(textOf(path), path.string(), path.parent_path(), resources, choices);
}

std::vector<Sweep> readSweepPresets(const std::filesystem::path& resources) {
    std::vector<Sweep> sweeps;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(resources / "sweeps", error))
        if (entry.path().extension() == ".yaml") sweeps.push_back(readSweep(entry.path(), resources));
    if (error)
        throw ConfigurationError(
            fmt::format("{}: the sweeps can't be read: {}.", (resources / "sweeps").string(), error.message()));
    std::sort(sweeps.begin(), sweeps.end(), [](const Sweep& a, const Sweep& b) { return a.name < b.name; });
    return sweeps;
}

}  // namespace mergarium
