#include "core/sweeps/sweep_session.h"

#include "core/store/run_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <thread>
#include <utility>

namespace mergarium {
namespace {

enum class Standing { Waiting, Going, Finished, Failed };

/// The evaluations of a sitting too short to be measured.
constexpr double kLeastSeconds = 1.0;

}  // namespace

struct SweepSession::Slot {
    std::string arm;
    RunConfiguration configuration;
    /// Absent until it is in the database.
    std::optional<RunId> run;
    Standing standing = Standing::Waiting;
    std::uint64_t evaluations = 0;
    std::unique_ptr<Session> session;
    /// Why it failed; empty when it didn't.
    std::string trouble;
    /// What it showed last.
    SnapshotPtr last = std::make_shared<const SessionSnapshot>();
};

SweepSession::SweepSession(Sweep sweep, SweepPlace place) : sweep_(std::move(sweep)), place_(std::move(place)) {
    place_.jobs = std::max<std::size_t>(1, place_.jobs);
    if (place_.threads == 0)
        place_.threads = std::max<std::size_t>(1, std::thread::hardware_concurrency() / place_.jobs);

    std::map<std::pair<std::string, std::uint64_t>, RunSummary> stored;
    std::optional<RunCatalog> catalog;
    if (std::filesystem::exists(place_.database)) {
        catalog.emplace(place_.database);
        for (auto& run : catalog->runs())
            if (run.sweep == sweep_.name) stored.try_emplace({run.arm, run.seed}, std::move(run));
    }
    for (const auto seed : sweep_.seeds)
        for (const auto& arm : sweep_.arms) {
            auto slot = std::make_unique<Slot>();
            slot->arm = arm.name;
            slot->configuration = configurationOf(arm, seed);
            if (const auto found = stored.find({arm.name, seed}); found != stored.end()) {
                const auto& run = found->second;
                if (!(catalog->configuration(run.id) == slot->configuration))
                    throw std::runtime_error(fmt::format(
                        "{}: run {} of sweep '{}' ({}) was made with another configuration; give this sweep another "
                        "name with --name, or use another database.",
                        place_.database.string(), run.id.value, sweep_.name, slot->configuration.name));
                if (run.phase == Phase::Running || run.phase == Phase::Paused)
                    throw std::runtime_error(
                        fmt::format("{}: run {} of sweep '{}' is going on in another program; stop it there first.",
                                    place_.database.string(), run.id.value, sweep_.name));
                slot->run = run.id;
                slot->evaluations = run.evaluations;
                if (run.phase == Phase::Finished) slot->standing = Standing::Finished;
            }
            evaluationsBefore_ += slot->evaluations;
            slots_.push_back(std::move(slot));
        }
}

SweepSession::~SweepSession() = default;

void SweepSession::begin(Slot& slot) {
    std::variant<NewRun, ResumedRun> what = NewRun{slot.configuration, {sweep_.name, slot.arm}};
    if (slot.run) what = ResumedRun{*slot.run};
    slot.session = std::make_unique<Session>(SessionRequest{.run = std::move(what),
                                                            .database = place_.database,
                                                            .resources = place_.resources,
                                                            .threads = place_.threads,
                                                            .startPaused = false},
                                             nullptr);
    slot.standing = Standing::Going;
}

void SweepSession::takeIn(Slot& slot) {
    const bool ended = slot.session->waitFor(std::chrono::milliseconds(0));
    if (auto snapshot = slot.session->take()) slot.last = std::move(snapshot);
    const auto& last = *slot.last;
    slot.evaluations = std::max(slot.evaluations, last.evaluations);
    if (last.run) slot.run = last.run->id;
    // A run pauses itself when its models can't be scored. Nobody is there to look into that: it ends, and the others go on.
    if (last.phase == Phase::Paused && slot.trouble.empty()) {
        slot.trouble = last.message;
        slot.session->stop();
    }
    if (!ended) return;

    if (last.phase == Phase::Failed) {
        slot.trouble = last.message;
        // What fails before the run exists is bad input.
        if (!last.run) throw std::runtime_error(fmt::format("{}: {}", slot.configuration.name, last.message));
    }
    if (last.phase == Phase::Finished) {
        slot.standing = Standing::Finished;
    } else if (slot.trouble.empty()) {
        slot.standing = Standing::Waiting;
    } else {
        slot.standing = Standing::Failed;
        failures_.push_back(fmt::format("run {} ({}): {}", last.run->id.value, slot.configuration.name, slot.trouble));
    }
    slot.session.reset();
    slot.last = std::make_shared<const SessionSnapshot>();
}

bool SweepSession::advance() {
    std::size_t going = 0;
    bool left = false;
    bool stored = true;
    for (const auto& slot : slots_) {
        if (slot->standing == Standing::Going) takeIn(*slot);
        if (slot->standing == Standing::Going) {
            ++going;
            stored = stored && slot->run;
        }
        if (slot->standing == Standing::Waiting) left = true;
    }
    if (stopping_ || !left) return going > 0;
    for (const auto& slot : slots_) {
        // The database numbers runs as they come, and tables list arms by these numbers.
        if (going >= place_.jobs || !stored) break;
        if (slot->standing != Standing::Waiting) continue;
        begin(*slot);
        stored = slot->run.has_value();
        ++going;
    }
    return true;
}

void SweepSession::stop() {
    stopping_ = true;
    for (const auto& slot : slots_)
        if (slot->session) slot->session->stop();
}

SweepProgress SweepSession::progress() const {
    SweepProgress progress;
    progress.runs = slots_.size();
    progress.failures = failures_;
    for (const auto& slot : slots_) {
        progress.finished += slot->standing == Standing::Finished ? 1 : 0;
        progress.failed += slot->standing == Standing::Failed ? 1 : 0;
        progress.evaluations += slot->evaluations;
        progress.budget += slot->configuration.evaluations;
        if (slot->standing == Standing::Going) progress.going.push_back(slot->configuration.name);
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
    if (seconds > kLeastSeconds && progress.evaluations > evaluationsBefore_) {
        progress.evaluationsPerSecond = static_cast<double>(progress.evaluations - evaluationsBefore_) / seconds;
        progress.secondsLeft =
            static_cast<double>(progress.budget - progress.evaluations) / *progress.evaluationsPerSecond;
    }
    return progress;
}

}  // namespace mergarium
