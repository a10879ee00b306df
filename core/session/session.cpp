#include "core/session/session.h"

#include "core/session/run_loop.h"
#include "core/text/words.h"

#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace mergarium {

// The worker's thread owns the run loop and everything it holds; the two sides share only what the mutex guards, and
// `abandon_`. The person's last wish counts, not the list of all wishes.
struct Session::Worker {
    enum class Wish { Run, Pause, Stop };
    enum class Decision { Admit, Drop };
    using ByHand = std::variant<Parentage, Decision>;

    Worker(SessionRequest request, std::function<void()> wake)
        : request_(std::move(request)),
          wake_(std::move(wake)),
          wish_(request_.startPaused ? Wish::Pause : Wish::Run),
          thread_([this] { work(); }) {}

    ~Worker() { wish(Wish::Stop); }

    void wish(Wish wish, std::uint64_t steps = 0) {
        {
            const std::lock_guard lock(mutex_);
            if (wish_ == Wish::Stop) return;
            wish_ = wish;
            steps_ = wish == Wish::Run ? 0 : steps_ + steps;
            if (wish == Wish::Stop) abandon_ = true;
            if (wish == Wish::Run || steps_ > 0 || abandon_) giveUpByHand();
        }
        changed_.notify_all();
    }

    /// Of a run that isn't to pause nothing is asked.
    void ask(ByHand asked) {
        {
            const std::lock_guard lock(mutex_);
            if (wish_ != Wish::Pause || steps_ > 0) return;
            giveUpByHand();
            byHand_ = std::move(asked);
        }
        changed_.notify_all();
    }

    /// With the mutex held.
    void giveUpByHand() {
        byHand_.reset();
        if (abandonByHand_) *abandonByHand_ = true;
    }

    void work() {
        publish(std::make_shared<const SessionSnapshot>());
        std::unique_ptr<RunLoop> loop;
        try {
            const RunPlace place{.database = request_.database,
                                 .resources = request_.resources,
                                 .threads = request_.threads,
                                 .lanes = request_.lanes,
                                 .abandon = &abandon_,
                                 .mayStart = request_.mayStart,
                                 .workers = request_.workers,
                                 .whileWaiting = [&](const std::string& why) { showWaiting(loop.get(), why); }};
            const auto announce = [this](std::string_view what, std::uint64_t done, std::uint64_t total) {
                return prepared(what, done, total);
            };
            if (const auto* fresh = std::get_if<NewRun>(&request_.run))
                loop = RunLoop::begin(fresh->configuration, place, announce, fresh->arm);
            if (const auto* stored = std::get_if<ResumedRun>(&request_.run))
                loop = RunLoop::goOn(stored->id, place, announce,
                                     {.damaged = stored->damaged,
                                      .hashes = stored->verify ? Hashes::Anew : Hashes::All,
                                      .evaluations = stored->evaluations,
                                      .changes = stored->changes,
                                      .founder = stored->founder});
            run(*loop);
        } catch (const Cancelled&) {
            SessionSnapshot last;
            last.phase = Phase::Stopped;
            publish(shared(std::move(last)));
        } catch (const ProgramNotTrusted& refused) {
            fail(loop.get(), refused.what(), refused.program());
        } catch (const RunDamaged& refused) {
            std::optional<Consent> wayOut;
            if (refused.found().canGoBack()) wayOut = DamagedRun{refused.found().wholeUntil};
            fail(loop.get(), refused.what(), std::move(wayOut));
        } catch (const std::exception& error) {
            fail(loop.get(), words::failure(error, "this run"));
        }
        // On this thread, where the network was made.
        loop.reset();
        const std::lock_guard lock(mutex_);
        ended_ = true;
        changed_.notify_all();
    }

    void run(RunLoop& loop) {
        while (true) {
            if (loop.isFinished()) return end(loop, Phase::Finished);
            auto ahead = OpenSteps::Ahead::Full;
            switch (nextWish(loop, ahead)) {
                case Wish::Stop: return end(loop, Phase::Stopped);
                case Wish::Pause: continue;
                case Wish::Run: break;
            }
            if (loop.step(abandon_, ahead) == StepOutcome::Troubled) wish(Wish::Pause);
            if (wanted()) publish(shared(loop.snapshot(Phase::Running)));
        }
    }

    /// Shows what is being prepared; false when that is to be ended.
    bool prepared(std::string_view what, std::uint64_t done, std::uint64_t total) {
        if (wanted()) {
            SessionSnapshot snapshot;
            snapshot.message = total > 0 ? fmt::format("{}: {} %", what, 100 * done / total) : std::string(what);
            publish(shared(std::move(snapshot)));
        }
        return !abandon_;
    }

    /// The run is within a step, or about to begin.
    void showWaiting(RunLoop* loop, const std::string& why) {
        if (!wanted() || isByHand_) return;
        if (loop) return publish(shared(loop->snapshot(Phase::Running)));
        SessionSnapshot snapshot;
        snapshot.message = why.empty() ? "Scoring founders" : why;
        publish(shared(std::move(snapshot)));
    }

    /// What to do now; waits while the run is paused and nothing is asked for. Single steps are a wish to run, but not
    /// ahead.
    Wish nextWish(RunLoop& loop, OpenSteps::Ahead& ahead) {
        std::unique_lock lock(mutex_);
        if (isToPause()) {
            loop.pauseClock();
            while (isToPause()) {
                std::atomic<bool> abandon = false;
                const auto asked = std::exchange(byHand_, std::nullopt);
                abandonByHand_ = &abandon;
                lock.unlock();
                if (asked) carryOut(loop, *asked, abandon);
                loop.store(Phase::Paused);
                publish(shared(loop.snapshot(Phase::Paused)));
                lock.lock();
                abandonByHand_ = nullptr;
                changed_.wait(lock, [this] { return !isToPause() || byHand_; });
            }
            loop.resumeClock();
        }
        if (wish_ == Wish::Pause && steps_ > 0) {
            --steps_;
            ahead = OpenSteps::Ahead::None;
            return Wish::Run;
        }
        return wish_;
    }

    /// With the mutex held.
    bool isToPause() const { return wish_ == Wish::Pause && steps_ == 0; }

    void carryOut(RunLoop& loop, const ByHand& asked, const std::atomic<bool>& abandon) {
        if (const auto* decision = std::get_if<Decision>(&asked))
            return *decision == Decision::Admit ? loop.admitByHand() : loop.dropByHand();
        const auto& wish = std::get<Parentage>(asked);
        auto scoring = loop.snapshot(Phase::Paused);
        scoring.handBred = std::make_shared<const HandBred>(HandBred{.parentage = wish});
        publish(shared(std::move(scoring)));
        isByHand_ = true;
        loop.breedByHand(wish, abandon);
        isByHand_ = false;
    }

    void end(RunLoop& loop, Phase phase) {
        loop.pauseClock();
        loop.store(phase);
        publish(shared(loop.snapshot(phase)));
    }

    /// The window goes on living: the run's last state, with what happened.
    void fail(RunLoop* loop, const std::string& sentence, std::optional<Consent> wayOut = std::nullopt) {
        auto last = loop ? loop->snapshot(Phase::Failed) : SessionSnapshot{};
        last.phase = Phase::Failed;
        last.message = sentence;
        last.consent = std::move(wayOut);
        if (loop) {
            try {
                loop->storeFailure(sentence);
            } catch (const std::exception&) {
                // The store itself may be what failed; the sentence that people see is the first one.
            }
        }
        publish(shared(std::move(last)));
    }

    static SnapshotPtr shared(SessionSnapshot snapshot) {
        return std::make_shared<const SessionSnapshot>(std::move(snapshot));
    }

    bool wanted() const { return !untaken_.load(std::memory_order_relaxed); }

    void publish(SnapshotPtr snapshot) {
        SnapshotPtr outdated;  // freed outside the lock
        bool first = false;
        {
            const std::lock_guard lock(mutex_);
            outdated = std::exchange(snapshot_, std::move(snapshot));
            first = !untaken_.exchange(true);
        }
        if (first && wake_) wake_();
    }

    SnapshotPtr take() {
        const std::lock_guard lock(mutex_);
        untaken_ = false;
        return std::exchange(snapshot_, nullptr);
    }

    bool waitFor(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, time, [this] { return ended_; });
    }

    const SessionRequest request_;
    const std::function<void()> wake_;
    std::mutex mutex_;
    std::condition_variable changed_;
    Wish wish_;
    /// Single evaluations asked for while paused.
    std::uint64_t steps_ = 0;
    /// Asked of the paused run, and set to end what it was asked before; null when nothing is being carried out.
    std::optional<ByHand> byHand_;
    std::atomic<bool>* abandonByHand_ = nullptr;
    /// Of the worker's thread: a child is bred by hand, and the run is paused.
    bool isByHand_ = false;
    SnapshotPtr snapshot_;
    bool ended_ = false;
    /// A snapshot waits to be taken; until it is, the worker makes no other while it runs.
    std::atomic<bool> untaken_ = false;
    std::atomic<bool> abandon_ = false;
    // Last: joined first.
    std::jthread thread_;
};

Session::Session(SessionRequest request, std::function<void()> wake)
    : worker_(std::make_unique<Worker>(std::move(request), std::move(wake))) {}

Session::~Session() = default;

SnapshotPtr Session::take() { return worker_->take(); }
void Session::pause() { worker_->wish(Worker::Wish::Pause); }
void Session::resume() { worker_->wish(Worker::Wish::Run); }
void Session::step() { worker_->wish(Worker::Wish::Pause, 1); }
void Session::breed(Parentage wish) { worker_->ask(std::move(wish)); }
void Session::admitBred() { worker_->ask(Worker::Decision::Admit); }
void Session::dropBred() { worker_->ask(Worker::Decision::Drop); }
void Session::stop() { worker_->wish(Worker::Wish::Stop); }
bool Session::waitFor(std::chrono::milliseconds time) { return worker_->waitFor(time); }

}  // namespace mergarium
