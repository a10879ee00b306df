#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/json_output.h"
#include "app/cli/options.h"
#include "app/cli/progress_line.h"
#include "app/cli/say.h"
#include "core/configuration/presets.h"
#include "core/configuration/reference.h"
#include "core/configuration/yaml.h"
#include "core/startup/paths.h"
#include "core/store/run_catalog.h"
#include "core/sweeps/sweep.h"
#include "core/text/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace mergarium::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Who asked for it.
std::string originOf(const Pairing& birth) {
    switch (birth.origin) {
        case BirthOrigin::ByHand: return "by hand";
        case BirthOrigin::Founder: return "founder";
        case BirthOrigin::Search: break;
    }
    return "search";
}

/// The archive's members with their slots, best train score first (ties: the oldest).
std::vector<std::size_t> byTrainScore(const SessionSnapshot& snapshot) {
    std::vector<std::size_t> slots;
    for (std::size_t slot = 0; slot < snapshot.members.size(); ++slot)
        if (snapshot.members[slot]) slots.push_back(slot);
    std::sort(slots.begin(), slots.end(), [&](auto a, auto b) {
        const auto& one = *snapshot.members[a];
        const auto& other = *snapshot.members[b];
        return one.scores.total() != other.scores.total() ? one.scores.total() > other.scores.total()
                                                          : one.id < other.id;
    });
    return slots;
}

Json parentsOf(const Member& member) {
    if (!member.parentage) return Json::array();
    return {member.parentage->first.value, member.parentage->second.value};
}

Json ratioOf(const RatioRule& rule) {
    if (const auto* beta = std::get_if<BetaRatio>(&rule)) return {{"beta", beta->shape}};
    return std::holds_alternative<WholeRatio>(rule) ? "whole" : "uniform";
}

/// What there is beyond split points and one ratio.
void addRest(const Splice& splice, Json& json) {
    if (splice.each)
        json["each"] = {
            {"seed", splice.each->seed}, {"chance", splice.each->chance}, {"ratio", ratioOf(splice.each->ratio)}};
    for (std::size_t index = 0; index < splice.cuts.size(); ++index)
        json["chromosomes"][splice.chromosomes->names()[index]] = {{"splits", splice.cuts[index].splits},
                                                                   {"ratio", splice.cuts[index].ratio}};
}

Json archiveOf(const SessionSnapshot& snapshot) {
    Json archive = Json::array();
    for (const auto slot : byTrainScore(snapshot)) {
        const auto& member = *snapshot.members[slot];
        archive.push_back({{"member", member.id.value},
                           {"fitness", snapshot.fitness[slot]},
                           {"train", member.scores.mean()},
                           {"test", snapshot.test[slot] ? Json(*snapshot.test[slot]) : Json(nullptr)},
                           {"parents", parentsOf(member)},
                           {"born", member.born}});
        if (const auto& parentage = member.parentage) {
            archive.back()["splits"] = parentage->splice.splits;
            archive.back()["ratio"] = parentage->splice.ratio;
            addRest(parentage->splice, archive.back());
        }
    }
    return archive;
}

Json birthOf(const Pairing& pairing) {
    return {{"step", pairing.step},
            {"child", pairing.child.value},
            {"parents", {pairing.first.value, pairing.second.value}},
            {"train", pairing.childTrain},
            {"accepted", pairing.accepted},
            {"replaced", pairing.replaced ? Json(pairing.replaced->value) : Json(nullptr)},
            {"origin", originOf(pairing)}};
}

std::string shortWords(const Splice& splice) {
    const auto cutWords = [](const std::vector<std::uint64_t>& splits, double ratio) {
        return fmt::format("ratio {:.2f}, split at {}", ratio, fmt::join(splits, " "));
    };
    if (splice.each) return wordsOf(splice, 0);
    if (!splice.chromosomes) return cutWords(splice.splits, splice.ratio);
    std::vector<std::string> cuts;
    for (std::size_t index = 0; index < splice.cuts.size(); ++index)
        cuts.push_back(fmt::format("{}: {}", words::visible(splice.chromosomes->names()[index]),
                                   cutWords(splice.cuts[index].splits, splice.cuts[index].ratio)));
    return fmt::format("{}", fmt::join(cuts, "; "));
}

void printArchive(const SessionSnapshot& snapshot) {
    say("\n{:>8} {:>9} {:>8} {:>8} {:>8}  {}\n", "member", "fitness", "train %", "test %", "born", "parents");
    for (const auto slot : byTrainScore(snapshot)) {
        const auto& member = *snapshot.members[slot];
        const auto test = snapshot.test[slot] ? fmt::format("{:.1f}", 100.0 * *snapshot.test[slot]) : std::string("-");
        const auto parents = member.parentage
                                 ? fmt::format("{} x {}, {}", member.parentage->first.value,
                                               member.parentage->second.value, shortWords(member.parentage->splice))
                                 : std::string("founder");
        say("{:>8} {:>9.2f} {:>8.1f} {:>8} {:>8}  {}\n", member.id.value, snapshot.fitness[slot],
            100.0 * member.scores.mean(), test, member.born, parents);
    }
}

void printBirths(const std::vector<Pairing>& births) {
    say("\n{:>8} {:>8} {:>8} {:>8} {:>8}  {}\n", "step", "child", "first", "second", "train %", "outcome");
    for (const auto& birth : births)
        say("{:>8} {:>8} {:>8} {:>8} {:>8.1f}  {}\n", birth.step, birth.child.value, birth.first.value,
            birth.second.value, 100.0 * birth.childTrain,
            (!birth.accepted  ? "rejected"
             : birth.replaced ? fmt::format("replaced {}", birth.replaced->value)
                              : "took an empty slot") +
                (birth.origin == BirthOrigin::Search ? "" : fmt::format(", {}", originOf(birth))));
}

std::string notesOf(const RunCatalog& catalog, RunId run) {
    for (const auto& one : catalog.runs())
        if (one.id == run) return one.notes;
    return {};
}

}  // namespace

int list(const Options& options) {
    const auto runs = RunCatalog(databaseOf(options)).runs();
    if (options.json) {
        Json entries = Json::array();
        for (const auto& run : runs)
            entries.push_back({{"run", run.id.value},
                               {"name", run.name},
                               {"status", nameOf(run.phase)},
                               {"evaluations", run.evaluations},
                               {"budget", run.budget},
                               {"best_train", run.bestTrain},
                               {"best_test", run.bestTest},
                               {"seed", run.seed},
                               {"seconds", run.seconds},
                               {"created", run.created},
                               {"notes", run.notes},
                               {"damage", run.damage}});
        print({{"runs", entries}});
        return kSuccess;
    }
    say("{:>5}  {:<34} {:<12} {:>21} {:>8} {:>8}  {:<16}  {}\n", "run", "name", "status", "evaluations", "train %",
        "test %", "created", "notes");
    for (const auto& run : runs)
        if (run.damage.empty())
            say("{:>5}  {:<34} {:<12} {:>21} {:>8.1f} {:>8}  {:<16}  {}\n", run.id.value, words::visible(run.name),
                nameOf(run.phase), fmt::format("{} of {}", words::count(run.evaluations), words::count(run.budget)),
                100.0 * run.bestTrain, run.bestTest > 0.0 ? fmt::format("{:.1f}", 100.0 * run.bestTest) : "-",
                run.created, words::visible(run.notes.substr(0, run.notes.find('\n'))));
        else
            say("{:>5}  {}\n", run.id.value, words::visible(run.damage));
    return kSuccess;
}

int show(const Options& options) {
    const RunCatalog catalog(databaseOf(options));
    const auto snapshot = catalog.snapshot({options.run});
    const auto damage = catalog.inspect({options.run}).sentence();
    const auto births = options.births ? catalog.births({options.run}) : std::vector<Pairing>{};
    const auto yaml = toYaml(snapshot.run->configuration);
    const auto notes = notesOf(catalog, {options.run});
    if (options.json) {
        Json document{{"run", options.run},
                      {"name", snapshot.run->configuration.name},
                      {"status", nameOf(snapshot.phase)},
                      {"evaluations", snapshot.evaluations},
                      {"budget", snapshot.budget},
                      {"accepted", snapshot.accepted},
                      {"seconds", snapshot.seconds},
                      {"archive_hash", snapshot.archiveHash},
                      {"configuration", yaml},
                      {"notes", notes},
                      {"damage", damage}};
        if (options.archive) document["archive"] = archiveOf(snapshot);
        if (options.births) {
            document["births"] = Json::array();
            for (const auto& birth : births) document["births"].push_back(birthOf(birth));
        }
        print(document);
        return kSuccess;
    }
    if (!damage.empty()) sayAside("Run {}: {}\n", options.run, damage);
    say("Run {}, {}: {} of {} evaluations, {} accepted, {}\n\n{}", options.run, nameOf(snapshot.phase),
        words::count(snapshot.evaluations), words::count(snapshot.budget), words::count(snapshot.accepted),
        words::duration(snapshot.seconds), yaml);
    if (!notes.empty()) say("\nNotes\n{}\n", words::visible(notes, true));
    if (options.archive) printArchive(snapshot);
    if (options.births) printBirths(births);
    return kSuccess;
}

int check(const Options& options) {
    const RunCatalog catalog(databaseOf(options));
    std::vector<RunId> runs;
    for (const auto& number : options.compared) runs.push_back({std::stoll(number)});
    if (runs.empty())
        for (const auto& run : catalog.runs()) runs.push_back(run.id);
    Json entries = Json::array();
    bool whole = true;
    for (const auto run : runs) {
        auto damage = catalog.inspect(run).sentence();
        try {
            if (damage.empty()) (void)catalog.snapshot(run);
        } catch (const std::runtime_error& error) {
            damage = error.what();
        }
        whole = whole && damage.empty();
        entries.push_back({{"run", run.value}, {"damage", damage}});
        if (!options.json) say("{:>5}  {}\n", run.value, damage.empty() ? "whole" : words::visible(damage));
    }
    if (options.json) print({{"runs", entries}});
    return whole ? kSuccess : kRunFailed;
}

int parameters(const Options& options) {
    if (options.asMarkdown && !options.json) {
        say("{}", configurationReference());
        return kSuccess;
    }
    const auto all = allParameters();
    if (options.json) {
        Json entries = Json::array();
        for (const auto& one : all)
            entries.push_back(
                {{"key", one.key}, {"values", one.values}, {"default", one.standard}, {"help", one.help}});
        print({{"parameters", entries}});
        return kSuccess;
    }
    for (const auto& one : all) say("{:<28} {}\n{:<28} {}\n", one.key, one.values, "", one.help);
    return kSuccess;
}

int presets(const Options& options) {
    const auto all = readPresets(findResources());
    if (!options.preset.empty()) {
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == options.preset; });
        if (found == all.end()) throw ConfigurationError(fmt::format("{}: there is no such preset.", options.preset));
        const auto yaml = toYaml(found->configuration);
        if (options.json)
            print({{"name", found->name}, {"description", found->description}, {"configuration", yaml}});
        else
            say("# {}\n{}", found->description, yaml);
        return kSuccess;
    }
    const auto sweeps = readSweepPresets(findResources());
    if (options.json) {
        Json entries = Json::array();
        Json sweepEntries = Json::array();
        for (const auto& preset : all) entries.push_back({{"name", preset.name}, {"description", preset.description}});
        for (const auto& sweep : sweeps)
            sweepEntries.push_back({{"name", sweep.name}, {"description", sweep.description}});
        print({{"presets", entries}, {"sweeps", sweepEntries}});
        return kSuccess;
    }
    for (const auto& preset : all) say("{:<34} {}\n", preset.name, preset.description);
    say("\nSweeps\n");
    for (const auto& sweep : sweeps) say("{:<34} {}\n", sweep.name, sweep.description);
    return kSuccess;
}

}  // namespace mergarium::cli
