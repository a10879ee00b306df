#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/interruption.h"
#include "app/cli/json_output.h"
#include "app/cli/options.h"
#include "app/cli/progress_line.h"
#include "app/cli/say.h"
#include "app/cli/worker_options.h"
#include "core/founders/founder_names.h"
#include "core/session/session.h"
#include "core/startup/paths.h"
#include "core/text/words.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace mergarium::cli {
namespace {

constexpr std::chrono::milliseconds kLook{100};

/// How a session ended.
struct Outcome {
    SnapshotPtr last;
    /// Why the run paused itself; empty when it didn't. Nobody is there to go on, so it was stopped.
    std::string trouble;
};

/// Lets the session run to its end, showing how far it is.
Outcome follow(SessionRequest request, ProgressLine& progress) {
    const bool distant = request.workers != nullptr;
    Session session(std::move(request), nullptr);
    Outcome outcome;
    bool warned = false;
    for (bool ended = false; !ended;) {
        ended = session.waitFor(kLook);
        if (isInterrupted()) session.stop();
        auto snapshot = session.take();
        if (!snapshot) continue;
        progress.show(*snapshot);
        if (distant) progress.note(snapshot->message);
        if (snapshot->run && !snapshot->run->caution.empty() && !std::exchange(warned, true))
            progress.warn(snapshot->run->caution);
        if (snapshot->phase == Phase::Paused) {
            outcome.trouble = snapshot->message;
            session.stop();
        }
        outcome.last = std::move(snapshot);
    }
    return outcome;
}

nlohmann::ordered_json summaryOf(const SessionSnapshot& snapshot, const std::filesystem::path& database) {
    const auto& run = *snapshot.run;
    nlohmann::ordered_json train = nlohmann::ordered_json::array();
    nlohmann::ordered_json test = nlohmann::ordered_json::array();
    for (const auto& founder : run.founders) {
        train.push_back(founder.train);
        test.push_back(founder.test);
    }
    const auto& last = snapshot.curve->back();
    const auto best = bestSlot(snapshot.members);
    return {{"run", run.id.value},
            {"name", run.configuration.name},
            {"status", nameOf(snapshot.phase)},
            {"evaluations", snapshot.evaluations},
            {"accepted", snapshot.accepted},
            {"best_train", best ? snapshot.members[*best]->scores.mean() : 0.0},
            {"best_test", best ? snapshot.test[*best].value_or(0.0) : 0.0},
            {"coverage", last.coverage},
            {"founders_train", train},
            {"founders_test", test},
            {"seconds", snapshot.seconds},
            {"evaluations_per_second",
             snapshot.seconds > 0.0 ? static_cast<double>(snapshot.evaluations) / snapshot.seconds : 0.0},
            {"samples_scored", snapshot.samplesScored},
            {"samples_saved", snapshot.samplesSaved},
            {"archive_hash", snapshot.archiveHash},
            {"seed", run.configuration.seed},
            {"device", run.device},
            {"database", database.string()}};
}

void printWords(const SessionSnapshot& snapshot, const std::filesystem::path& database) {
    const auto summary = summaryOf(snapshot, database);
    const auto percent = [&](const char* key) { return 100.0 * summary[key].get<double>(); };
    say("Run {} ({}) {} after {} evaluations in {}, {:.0f} per second.\n", summary["run"].get<std::int64_t>(),
        snapshot.run->configuration.name, nameOf(snapshot.phase), words::count(snapshot.evaluations),
        words::duration(snapshot.seconds), summary["evaluations_per_second"].get<double>());
    say("Best model   {:5.1f} % train  {:5.1f} % test\n", percent("best_train"), percent("best_test"));
    for (const auto& founder : snapshot.run->founders)
        say("Founder {}    {:5.1f} % train  {:5.1f} % test   {}\n", founder.id.value, 100.0 * founder.train,
            100.0 * founder.test, founder.name);
    say("Archive      {} of {} children accepted, {:.1f} % of the samples solved by at least one member\n",
        words::count(snapshot.accepted), words::count(snapshot.evaluations), percent("coverage"));
    say("Stored in    {}\n", database.string());
    say("Archive hash {}\n", snapshot.archiveHash);
}

int carryOutRun(const Options& options, std::variant<NewRun, ResumedRun> what) {
    catchInterruptions();
    const auto database = databaseOf(options);
    ProgressLine progress(options.json);
    const auto [last, trouble] = follow({.run = std::move(what),
                                         .database = database,
                                         .resources = findResources(),
                                         .threads = options.threads,
                                         .lanes = options.lanes,
                                         .startPaused = false,
                                         .mayStart = mayStart(options),
                                         .workers = workersOf(options)},
                                        progress);
    progress.end();

    if (last->phase == Phase::Failed) {
        // What fails before the run exists is bad input, not a failed run.
        if (!last->run) throw std::runtime_error(last->message);
        sayAside("Run {} failed after {} evaluations: {}\n", last->run->id.value, words::count(last->evaluations),
                 last->message);
        return kRunFailed;
    }
    if (!last->run) return kInterrupted;
    if (options.json)
        print(summaryOf(*last, database));
    else
        printWords(*last, database);
    if (last->phase != Phase::Stopped) return kSuccess;
    if (!trouble.empty()) sayAside("{}\n", trouble);
    sayAside("{} after {} of {} evaluations; go on with: mergarium-cli resume {} --db {}\n",
             trouble.empty() ? "Interrupted" : "Stopped", words::count(last->evaluations), words::count(last->budget),
             last->run->id.value, database.string());
    return trouble.empty() ? kInterrupted : kRunFailed;
}

}  // namespace

int run(const Options& options) { return carryOutRun(options, NewRun{configurationOf(options)}); }

int resume(const Options& options) {
    std::vector<Override> changes;
    for (const auto& setting : options.settings) changes.push_back(parseOverride(setting));
    std::optional<CheckpointFounder> founder;
    if (!options.founder.empty()) founder = founderNamed(options.founder);
    return carryOutRun(options, ResumedRun{.id = {options.run},
                                           .damaged = options.fromLastGood ? IfDamaged::GoBack : IfDamaged::Refuse,
                                           .verify = options.verify,
                                           .evaluations = options.evaluations,
                                           .changes = std::move(changes),
                                           .founder = std::move(founder)});
}

}  // namespace mergarium::cli
