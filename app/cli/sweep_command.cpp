#include "app/cli/commands.h"
#include "app/cli/comparison_output.h"
#include "app/cli/exit_code.h"
#include "app/cli/interruption.h"
#include "app/cli/options.h"
#include "app/cli/progress_line.h"
#include "app/cli/say.h"
#include "core/configuration/presets.h"
#include "core/startup/paths.h"
#include "core/sweeps/stored_comparison.h"
#include "core/sweeps/sweep_session.h"
#include "core/text/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <thread>
#include <utility>

namespace mergarium::cli {
namespace {

constexpr std::chrono::milliseconds kShowEvery{100};

std::string progressText(const SweepProgress& progress) {
    auto text = fmt::format("{} of {} runs   {} of {} evaluations", progress.finished, progress.runs,
                            words::count(progress.evaluations), words::count(progress.budget));
    if (progress.evaluationsPerSecond && progress.secondsLeft)
        text += fmt::format("   {:.0f}/s   {} left", *progress.evaluationsPerSecond,
                            words::duration(*progress.secondsLeft));
    if (progress.failed > 0) text += fmt::format("   {} failed", progress.failed);
    if (!progress.going.empty()) text += fmt::format("   {}", fmt::join(progress.going, "; "));
    return text;
}

Sweep sweepOf(const Options& options) {
    SweepChoices choices{.name = options.sweepName,
                         .seeds = options.seeds,
                         .evaluations = options.evaluations,
                         .device = options.device,
                         .overrides = {}};
    for (const auto& setting : options.settings) choices.overrides.push_back(parseOverride(setting));
    const auto resources = findResources();
    if (const auto found = presetOrFile(options.configuration, resources / "sweeps"))
        return readSweep(*found, resources, choices);
    std::vector<std::string> names;
    for (const auto& one : readSweepPresets(resources)) names.push_back(one.name);
    throw ConfigurationError(fmt::format("{}: neither a file nor a sweep that ships with Mergarium; those are {}.",
                                         options.configuration, fmt::join(names, ", ")));
}

}  // namespace

int sweep(const Options& options) {
    catchInterruptions();
    const auto plan = sweepOf(options);
    const auto database = databaseOf(options);
    SweepSession session(plan, {.database = database,
                                .resources = findResources(),
                                .jobs = options.jobs,
                                .threads = options.threads,
                                .lanes = options.lanes,
                                .mayStart = mayStart(options)});
    ProgressLine line(options.json);
    bool warned = false;
    while (session.advance()) {
        if (isInterrupted()) session.stop();
        const auto progress = session.progress();
        line.show(progressText(progress), progress.evaluations, progress.budget);
        if (!progress.caution.empty() && !std::exchange(warned, true)) line.warn(progress.caution);
        std::this_thread::sleep_for(kShowEvery);
    }
    const auto progress = session.progress();
    line.end();
    for (const auto& failure : progress.failures) sayAside("Failed: {}\n", failure);
    if (isInterrupted()) {
        sayAside("Interrupted after {} of {} runs; the same command goes on.\n", progress.finished, progress.runs);
        return kInterrupted;
    }
    const auto comparisons = storedComparisons(database, findResources(), {plan.name});
    writeComparisons(comparisons, options);
    printComparisons(comparisons, options);
    return progress.failed > 0 ? kRunFailed : kSuccess;
}

int compare(const Options& options) {
    const auto comparisons = storedComparisons(databaseOf(options), findResources(), options.compared);
    writeComparisons(comparisons, options);
    printComparisons(comparisons, options);
    return kSuccess;
}

}  // namespace mergarium::cli
