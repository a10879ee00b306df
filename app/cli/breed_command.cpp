#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/interruption.h"
#include "app/cli/json_output.h"
#include "app/cli/progress_line.h"
#include "app/cli/say.h"
#include "app/cli/splice_options.h"
#include "core/session/session.h"
#include "core/startup/paths.h"
#include "core/text/words.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>

namespace mergarium::cli {
namespace {

constexpr std::chrono::milliseconds kGlance{50};

/// What came of it; null when the person had enough.
struct Bred {
    std::shared_ptr<const HandBred> child;
    SnapshotPtr last;
};

/// Looks at the session until `enough` of a snapshot or until it has ended.
template <typename Enough>
SnapshotPtr waitFor(Session& session, ProgressLine& progress, Enough enough) {
    SnapshotPtr last;
    for (bool ended = false; !ended;) {
        ended = session.waitFor(kGlance);
        if (isInterrupted()) session.stop();
        auto snapshot = session.take();
        if (!snapshot) continue;
        progress.show(*snapshot);
        last = std::move(snapshot);
        if (enough(*last)) return last;
    }
    return last;
}

Parentage wishOf(const Options& options, const RunDescription& run) {
    ChromosomeWish whole{.rule = {}, .splits = {}, .ratio = options.ratio};
    for (const auto& split : options.splits) whole.splits.push_back(splitAt(split));
    Splice splice{.splits = {}, .ratio = 0.0, .interpolation = interpolationNamed(options.interpolation)};
    if (options.chromosomes.empty()) {
        splice.splits = splitsAt(whole.splits, lociOf(run));
        splice.ratio = whole.ratio;
    } else {
        std::vector<ChromosomeWish> wishes;
        for (const auto& chromosome : options.chromosomes) {
            wishes.push_back(chromosomeIn(chromosome));
            if (!wishes.back().rule.patterns.empty())
                throw std::runtime_error("--chromosome: which tensors it has is the run's; leave tensors out.");
        }
        splice.chromosomes = chromosomesOf(traitsOf(run.configuration.strategy).chromosomes, run.layout);
        if (!splice.chromosomes)
            throw std::runtime_error("--chromosome: the run has no strategy.chromosomes; leave it out.");
        splice.cuts = cutsOf(*splice.chromosomes, wishes, whole);
    }
    return {{options.parents[0]}, {options.parents[1]}, std::move(splice)};
}

Bred carryOut(const Options& options, Session& session, ProgressLine& progress) {
    const auto isPaused = [](const SessionSnapshot& one) { return one.phase == Phase::Paused; };
    Bred bred{nullptr, waitFor(session, progress, isPaused)};
    if (bred.last->phase != Phase::Paused) return bred;
    session.breed(wishOf(options, *bred.last->run));
    bred.last = waitFor(session, progress, [](const SessionSnapshot& one) {
        return one.handBred && (one.handBred->child || !one.handBred->failure.empty());
    });
    bred.child = bred.last->handBred;
    if (bred.child && bred.child->child && options.admit) {
        session.admitBred();
        bred.last = waitFor(session, progress, [](const SessionSnapshot& one) { return !one.handBred; });
    }
    session.stop();
    waitFor(session, progress, [](const SessionSnapshot&) { return false; });
    return bred;
}

nlohmann::ordered_json asJson(const Options& options, const HandBred& bred) {
    nlohmann::ordered_json json{{"run", options.run},
                                {"first", bred.parentage.first.value},
                                {"second", bred.parentage.second.value},
                                {"splits", bred.parentage.splice.splits},
                                {"ratio", bred.parentage.splice.ratio},
                                {"train", bred.child->scores.mean()},
                                {"test", nullptr},
                                {"fitness", bred.fitness},
                                {"stays", bred.stays},
                                {"replaces", nullptr},
                                {"admitted", options.admit},
                                {"member", nullptr}};
    const auto& splice = bred.parentage.splice;
    for (std::size_t index = 0; index < splice.cuts.size(); ++index)
        json["chromosomes"][splice.chromosomes->names()[index]] = {{"splits", splice.cuts[index].splits},
                                                                   {"ratio", splice.cuts[index].ratio}};
    if (bred.test) json["test"] = *bred.test;
    if (bred.replaces) json["replaces"] = bred.replaces->value;
    if (options.admit) json["member"] = bred.child->id.value;
    return json;
}

void printWords(const Options& options, const HandBred& bred) {
    say("Child of {} and {}: {:.1f} % train", bred.parentage.first.value, bred.parentage.second.value,
        100.0 * bred.child->scores.mean());
    if (bred.test) say(", {:.1f} % test", 100.0 * *bred.test);
    const auto who = bred.replaces ? fmt::format(" in place of {}", bred.replaces->value) : "";
    say(".\nIts fitness {:.4g} {}.\n", bred.fitness,
        bred.stays ? "lets it into the archive" + who : "is the lowest: there is no place for it");
    if (options.admit)
        say("Admitted as the child of step {}; its number is {}.\n", bred.child->born, bred.child->id.value);
    else
        say("It takes no step unless --admit is given.\n");
}

}  // namespace

int breed(const Options& options) {
    catchInterruptions();
    ProgressLine progress(options.json);
    Session session({.run = ResumedRun{.id = {options.run}, .evaluations = options.evaluations},
                     .database = databaseOf(options),
                     .resources = findResources(),
                     .threads = options.threads,
                     .lanes = 1,
                     .startPaused = true,
                     .mayStart = mayStart(options)},
                    nullptr);
    const auto bred = carryOut(options, session, progress);
    progress.end();
    if (!bred.child) {
        if (bred.last->phase == Phase::Failed) throw std::runtime_error(bred.last->message);
        return kInterrupted;
    }
    if (!bred.child->child) throw std::runtime_error(bred.child->failure);
    if (options.json)
        print(asJson(options, *bred.child));
    else
        printWords(options, *bred.child);
    return kSuccess;
}

}  // namespace mergarium::cli
