#include "core/sweeps/sweep_session.h"

#include "core/store/run_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace mergarium {
namespace {

/// Evaluations below which a sitting is too short to measure its speed.
constexpr double kLeastSeconds = 1.0;

}  // namespace

struct SweepSession::Slot {
    std::string arm;
    RunConfiguration configuration;
    SweepRun now;
    std::unique_ptr<Session> session;
    /// Its latest snapshot.
    SnapshotPtr last = std::make_shared<const SessionSnapshot>();
};

struct SweepSession::Bell {
    void ring() {
        const std::lock_guard lock(mutex);
        rung = true;
        changed.notify_all();
    }
    void waitFor(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, time, [this] { return rung; });
        rung = false;
    }

    std::mutex mutex;
    std::condition_variable changed;
    bool rung = false;
};

PlannedRun plannedRun(const Sweep& sweep, std::size_t index) {
    return {sweep.arms[index % sweep.arms.size()], sweep.seeds[index / sweep.arms.size()]};
}

SweepSession::SweepSession(Sweep sweep, SweepPlace place)
    : sweep_(std::move(sweep)), place_(std::move(place)), bell_(std::make_shared<Bell>()) {
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
    for (std::size_t i = 0; i < sweep_.arms.size() * sweep_.seeds.size(); ++i) {
        const auto [arm, seed] = plannedRun(sweep_, i);
        auto slot = std::make_unique<Slot>();
        slot->arm = arm.name;
        slot->configuration = configurationOf(arm, seed);
        slot->now.budget = slot->configuration.evaluations;
        if (const auto found = stored.find({arm.name, seed}); found != stored.end()) {
            const auto& run = found->second;
            if (!(catalog->configuration(run.id) == slot->configuration))
                throw std::runtime_error(fmt::format(
                    "{}: run {} of sweep '{}' ({}) was made with another configuration; give this sweep another "
                    "name (--name on the command line), or use another database.",
                    place_.database.string(), run.id.value, sweep_.name, slot->configuration.name));
            if (run.phase == Phase::Running || run.phase == Phase::Paused)
                throw std::runtime_error(fmt::format("{}: run {} of sweep '{}' is going on already; stop it first.",
                                                     place_.database.string(), run.id.value, sweep_.name));
            slot->now.run = run.id;
            slot->now.evaluations = run.evaluations;
            slot->now.bestTest = run.bestTest;
            if (run.phase == Phase::Finished) slot->now.state = SweepRunState::Finished;
        }
        evaluationsBefore_ += slot->now.evaluations;
        slots_.push_back(std::move(slot));
    }
}

SweepSession::~SweepSession() = default;

void SweepSession::begin(Slot& slot) {
    std::variant<NewRun, ResumedRun> what = NewRun{slot.configuration, {sweep_.name, slot.arm}};
    if (slot.now.run) what = ResumedRun{*slot.now.run};
    slot.session = std::make_unique<Session>(SessionRequest{.run = std::move(what),
                                                            .database = place_.database,
                                                            .resources = place_.resources,
                                                            .threads = place_.threads,
                                                            .lanes = place_.lanes,
                                                            .startPaused = false,
                                                            .mayStart = place_.mayStart},
                                             [bell = bell_] { bell->ring(); });
    slot.now.state = SweepRunState::Going;
}

void SweepSession::takeIn(Slot& slot) {
    const bool ended = slot.session->waitFor(std::chrono::milliseconds(0));
    if (auto snapshot = slot.session->take()) slot.last = std::move(snapshot);
    const auto& last = *slot.last;
    auto& now = slot.now;
    now.evaluations = std::max(now.evaluations, last.evaluations);
    now.evaluationsPerSecond = last.evaluationsPerSecond;
    if (last.run) {
        now.run = last.run->id;
        caution_ = last.run->caution;
    }
    if (last.curve && !last.curve->empty()) now.bestTest = last.curve->back().bestTest;
    // A run pauses itself when its models can't be scored. Nobody is there to look into that: it ends, and the others
    // go on.
    if (last.phase == Phase::Paused && now.trouble.empty()) {
        now.trouble = last.message;
        slot.session->stop();
    }
    if (!ended) return;

    if (last.phase == Phase::Failed) {
        now.trouble = last.message;
        // What fails before the run exists is bad input.
        if (!last.run) throw std::runtime_error(fmt::format("{}: {}", slot.configuration.name, last.message));
    }
    if (last.phase == Phase::Finished) {
        now.state = SweepRunState::Finished;
    } else if (now.trouble.empty()) {
        now.state = SweepRunState::Waiting;
    } else {
        now.state = SweepRunState::Failed;
        failures_.push_back(fmt::format("run {} ({}): {}", last.run->id.value, slot.configuration.name, now.trouble));
    }
    now.evaluationsPerSecond = 0.0;
    slot.session.reset();
    slot.last = std::make_shared<const SessionSnapshot>();
}

bool SweepSession::advance() {
    std::size_t going = 0;
    bool left = false;
    bool stored = true;
    for (const auto& slot : slots_) {
        const auto& state = slot->now.state;
        if (state == SweepRunState::Going) takeIn(*slot);
        if (state == SweepRunState::Going) {
            ++going;
            stored = stored && slot->now.run;
        }
        if (state == SweepRunState::Waiting) left = true;
    }
    if (stopping_ || !left) return going > 0;
    for (const auto& slot : slots_) {
        // The database numbers runs as they come, and tables list arms by these numbers.
        if (going >= place_.jobs || !stored) break;
        if (slot->now.state != SweepRunState::Waiting) continue;
        begin(*slot);
        stored = slot->now.run.has_value();
        ++going;
    }
    return true;
}

void SweepSession::stop() {
    stopping_ = true;
    for (const auto& slot : slots_)
        if (slot->session) slot->session->stop();
}

void SweepSession::waitFor(std::chrono::milliseconds time) {
    // A run that has shown its last state ends in a moment, and rings no more.
    for (const auto& slot : slots_) {
        const auto phase = slot->last->phase;
        if (phase != Phase::Finished && phase != Phase::Stopped && phase != Phase::Failed) continue;
        slot->session->waitFor(time);
        return;
    }
    bell_->waitFor(time);
}

SweepProgress SweepSession::progress() const {
    SweepProgress progress;
    progress.runs = slots_.size();
    progress.failures = failures_;
    progress.caution = caution_;
    for (const auto& slot : slots_) {
        const auto& now = slot->now;
        progress.finished += now.state == SweepRunState::Finished ? 1 : 0;
        progress.failed += now.state == SweepRunState::Failed ? 1 : 0;
        progress.evaluations += now.evaluations;
        progress.budget += now.budget;
        if (now.state == SweepRunState::Going) progress.going.push_back(slot->configuration.name);
        progress.each.push_back(now);
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
