#include "core/sweeps/sweep.h"

#include "core/configuration/presets.h"
#include "core/fields/map_reader.h"
#include "core/fields/yaml.h"
#include "core/files/excerpt.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

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

std::vector<Override> changesOf(MapReader& section, const std::string& key, const Value& map) {
    std::vector<Override> changes;
    if (map.isNull()) return changes;
    if (!map.isMap())
        section.refuse(key, map,
                       "must be a map from keys of the run configuration to values, like {strategy.alpha: 0}");
    for (const auto& entry : map.map()) changes.push_back({entry.key, toInlineYaml(entry.value)});
    return changes;
}

std::vector<Draft> draftsOf(MapReader& top) {
    std::vector<Draft> drafts;
    if (const auto* arms = top.find("arms")) {
        if (!arms->isMap() || arms->map().empty())
            top.refuse("arms", *arms, "must be a map from names of arms to their changes");
        for (const auto& entry : arms->map()) {
            if (entry.key.empty()) top.source().refuse("arms", entry, "an arm needs a name");
            drafts.push_back({entry.key, changesOf(top, "arms", entry.value), entry.line});
        }
    }
    const auto* axes = top.find("axes");
    if (!axes) return drafts;
    if (!axes->isMap() || axes->map().empty())
        top.refuse("axes", *axes, "must be a map from keys of the run configuration to lists of values");
    const bool named = !drafts.empty();
    if (!named) drafts.push_back({{}, {}, axes->line});
    for (const auto& [key, values, line] : axes->map()) {
        if (!values.isList() || values.list().empty())
            top.refuse("axes", values, fmt::format("{} must be a list of values", key));
        if (drafts.size() * values.list().size() > kMostArms)
            top.refuse("axes", values, fmt::format("makes more than {} arms", kMostArms));
        std::vector<Draft> multiplied;
        for (const auto& draft : drafts)
            for (const auto& value : values.list()) {
                auto one = draft;
                const auto text = toInlineYaml(value);
                one.name += fmt::format("{}{} {}", one.name.empty() ? "" : ", ", lastPart(key), text);
                one.changes.push_back({key, text});
                multiplied.push_back(std::move(one));
            }
        drafts = std::move(multiplied);
    }
    return drafts;
}

std::vector<std::uint64_t> seedsOf(MapReader& top, const SweepChoices& choices) {
    std::vector<std::uint64_t> seeds;
    const auto upTo = [&](std::uint64_t count) {
        for (std::uint64_t seed = 1; seed <= count; ++seed) seeds.push_back(seed);
    };
    const auto* given = top.find("seeds");
    if (choices.seeds) {
        if (*choices.seeds < 1 || *choices.seeds > kMostSeeds)
            throw ConfigurationError(fmt::format("--seeds {}: must be from 1 to {}.", *choices.seeds, kMostSeeds));
        upTo(*choices.seeds);
    } else if (!given) {
        upTo(1);
    } else if (given->isList()) {
        for (const auto& one : given->list()) seeds.push_back(top.wholeOf("seeds", one));
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

std::vector<PublishedResult> publishedOf(MapReader& top, const std::vector<Draft>& drafts) {
    std::vector<PublishedResult> results;
    const auto* given = top.find("published");
    if (!given) return results;
    if (!given->isMap()) top.refuse("published", *given, "must be a map from names of arms to percent");
    for (const auto& entry : given->map()) {
        if (std::ranges::find(drafts, entry.key, &Draft::name) == drafts.end())
            top.source().refuse("published", entry, fmt::format("there is no arm '{}'", entry.key));
        results.push_back({entry.key, top.numberOf("published", entry.value) / 100.0});
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

std::filesystem::path baseOf(const std::string& named, const std::filesystem::path& folder,
                             const std::filesystem::path& resources, std::string_view source) {
    if (const auto found = presetOrFile(named, resources / "presets", folder)) return *found;
    throw ConfigurationError(
        fmt::format("{}: base: '{}' is neither a preset nor a file beside this one.", source, excerptOf(named)));
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
    const auto root = parseYaml(yaml, sourceName);
    const Source source(std::string(sourceName), folder);
    MapReader top(root, "", source);
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
    if (const auto* given = top.find("set")) common = changesOf(top, "set", *given);
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
    const auto text = readYamlText(path);
    for (const auto& draft : drafts) {
        auto changes = common;
        changes.insert(changes.end(), draft.changes.begin(), draft.changes.end());
        changes.insert(changes.end(), choices.overrides.begin(), choices.overrides.end());
        if (choices.evaluations) changes.push_back({"budget.evaluations", std::to_string(*choices.evaluations)});
        if (choices.device) changes.push_back({"device", *choices.device});
        try {
            sweep.arms.push_back({draft.name, parseConfiguration(text, path.string(), changes, path.parent_path())});
        } catch (const ConfigurationError& error) {
            throw ConfigurationError(fmt::format("{}, line {}, arm '{}': {}", sourceName, draft.line,
                                                 excerptOf(draft.name), complaintOf(error, draft.changes)));
        }
    }
    return sweep;
}

Sweep readSweep(const std::filesystem::path& path, const std::filesystem::path& resources,
                const SweepChoices& choices) {
    return parseSweep(readYamlText(path), path.string(), path.parent_path(), resources, choices);
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
