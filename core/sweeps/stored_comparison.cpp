#include "core/sweeps/stored_comparison.h"

#include "core/configuration/yaml.h"
#include "core/database/database.h"
#include "core/store/run_catalog.h"
#include "core/sweeps/sweep.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace mergarium {
namespace {

std::optional<std::int64_t> numberOf(const std::string& name) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
    return number;
}

/// "many splits, seed 3" -> "many splits": repetitions of one method share an arm.
std::string withoutSeed(const RunSummary& run) {
    const auto tail = fmt::format(", seed {}", run.seed);
    return run.name.ends_with(tail) ? run.name.substr(0, run.name.size() - tail.size()) : run.name;
}

/// What two runs have to agree in to be repetitions of one method.
std::string methodOf(RunConfiguration configuration) {
    configuration.name.clear();
    configuration.seed = 0;
    return toYaml(configuration);
}

/// Arms of runs that were named one by one: by their names, and where these hide what differs, with the number of the
/// first run of each method.
class ArmsByMethod {
public:
    void add(const RunSummary& run, RunConfiguration configuration) {
        const auto method = methodOf(std::move(configuration));
        const auto name = withoutSeed(run);
        auto& methods = methods_[name];
        const auto known = std::ranges::find(methods, method, &std::pair<std::string, RunId>::first);
        const auto first = known == methods.end() ? run.id : known->second;
        if (known == methods.end()) methods.emplace_back(method, first);
        chosen_.push_back({name, first});
    }
    /// Of the run that was added as number `index`.
    std::string of(std::size_t index) const {
        const auto& [name, first] = chosen_[index];
        return methods_.at(name).size() < 2 ? name : fmt::format("{}, from run {}", name, first.value);
    }

private:
    std::map<std::string, std::vector<std::pair<std::string, RunId>>> methods_;
    std::vector<std::pair<std::string, RunId>> chosen_;
};

ComparedRun comparedRun(const RunCatalog& catalog, const RunSummary& run, std::string arm) {
    return {.arm = std::move(arm),
            .seed = run.seed,
            .budget = run.budget,
            .finished = run.phase == Phase::Finished,
            .curve = catalog.curve(run.id)};
}

std::vector<PublishedResult> publishedFor(const std::string& sweep, const std::filesystem::path& resources) {
    const auto path = resources / "sweeps" / (sweep + ".yaml");
    return std::filesystem::is_regular_file(path) ? readSweep(path, resources).published
                                                  : std::vector<PublishedResult>{};
}

}  // namespace

std::vector<Comparison> storedComparisons(const std::filesystem::path& database, const std::filesystem::path& resources,
                                          const std::vector<std::string>& names) {
    const RunCatalog catalog(database);
    auto runs = catalog.runs();
    std::ranges::reverse(runs);  // the oldest first: arms come in the order in which they were planned
    std::vector<Comparison> comparisons;
    std::vector<ComparedRun> single;
    ArmsByMethod arms;
    for (const auto& name : names) {
        if (const auto number = numberOf(name)) {
            const auto found = std::ranges::find(runs, RunId{*number}, &RunSummary::id);
            if (found == runs.end()) throw StoreError(fmt::format("{}: there is no run {}.", database.string(), name));
            arms.add(*found, catalog.configuration(found->id));
            single.push_back(comparedRun(catalog, *found, {}));
            continue;
        }
        std::vector<ComparedRun> members;
        std::set<std::string> sweeps;
        for (const auto& run : runs) {
            if (!run.sweep.empty()) sweeps.insert(run.sweep);
            if (run.sweep == name) members.push_back(comparedRun(catalog, run, run.arm));
        }
        if (members.empty())
            throw StoreError(fmt::format(
                "{}: there is no sweep '{}'; {}.", database.string(), name,
                sweeps.empty() ? std::string("it holds none") : fmt::format("there are: {}", fmt::join(sweeps, ", "))));
        comparisons.push_back(compareArms(name, members, publishedFor(name, resources)));
    }
    for (std::size_t i = 0; i < single.size(); ++i) single[i].arm = arms.of(i);
    if (!single.empty()) comparisons.push_back(compareArms("Runs", single));
    return comparisons;
}

}  // namespace mergarium
