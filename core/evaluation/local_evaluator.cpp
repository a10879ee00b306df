#include "core/evaluation/local_evaluator.h"

#include "core/evaluation/lane.h"
#include "core/evaluation/preflight.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <iterator>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

/// How long a stop request may go unnoticed by a thread that waits for a lane.
constexpr std::chrono::milliseconds kLook{20};
/// So many candidates for each lane are taken in: a lane goes on while the one before is waited for.
constexpr std::size_t kAhead = 4;

std::string inWords(const LocalSetup& setup) {
    const auto threads = setup.threadsPerLane;
    const bool counts = setup.device == "CPU";
    if (setup.lanes == 1)
        return counts ? fmt::format("{}, {} thread{}", setup.device, threads, threads == 1 ? "" : "s") : setup.device;
    return fmt::format("{}, {} lanes{}", setup.device, setup.lanes,
                       counts && threads > 1 ? fmt::format(" of {} threads", threads) : "");
}

/// The calling thread itself: a candidate is scored when it is asked for.
class OneLane final : public Evaluator {
public:
    OneLane(LocalSetup setup, const Breeding& breeding, const KnownModels& known)
        : device_(inWords(setup)), lane_(std::move(setup.task), breeding, known, tokens_) {}

    std::size_t capacity() const override { return 1; }
    void submit(Candidate candidate) override {
        const auto step = candidate.step;
        candidates_.insert_or_assign(step, std::move(candidate));
    }
    std::optional<Evaluated> next(const std::atomic<bool>& abandon) override {
        if (abandon) return std::nullopt;
        const auto first = candidates_.extract(candidates_.begin());
        return lane_.evaluate(first.mapped(), abandon);
    }
    void drop() override { candidates_.clear(); }
    std::optional<double> test(const GenomePtr& model, const std::atomic<bool>* abandon) override {
        return lane_.test(*model, abandon);
    }
    std::uint64_t tokens() const override { return tokens_; }
    std::string device() const override { return device_; }

private:
    std::string device_;
    std::atomic<std::uint64_t> tokens_ = 0;
    Lane lane_;
    std::map<std::uint64_t, Candidate> candidates_;
};

/// Threads that each take what waits and has the lowest step.
class Lanes final : public Evaluator {
public:
    Lanes(LocalSetup setup, const Breeding& breeding, const KnownModels& known)
        : setup_(std::move(setup)),
          device_(inWords(setup_)),
          breeding_(breeding),
          known_(known),
          tokens_(setup_.lanes) {
        try {
            for (std::size_t index = 0; index < setup_.lanes; ++index)
                threads_.emplace_back([this, index] { work(index); });
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return ready_ == setup_.lanes; });
            if (failure_) std::rethrow_exception(failure_);
        } catch (...) {
            close();
            throw;
        }
    }
    ~Lanes() override { close(); }

    std::size_t capacity() const override { return kAhead * setup_.lanes; }

    void submit(Candidate candidate) override {
        auto job = std::make_shared<Job>(std::move(candidate));
        const auto step = job->candidate.step;
        {
            const std::lock_guard lock(mutex_);
            open_[step] = job;
            waiting_[step] = std::move(job);
        }
        work_.notify_one();
    }

    std::optional<Evaluated> next(const std::atomic<bool>& abandon) override {
        std::unique_lock lock(mutex_);
        const auto job = open_.begin()->second;
        while (!abandon && !job->done) changed_.wait_for(lock, kLook);
        if (abandon) return std::nullopt;
        open_.erase(open_.begin());
        if (job->failure) std::rethrow_exception(job->failure);
        return std::move(job->result);
    }

    void drop() override {
        const std::lock_guard lock(mutex_);
        for (const auto& [step, job] : open_) job->dropped = true;
        open_.clear();
        waiting_.clear();
    }

    std::optional<double> test(const GenomePtr& model, const std::atomic<bool>* abandon) override {
        std::unique_lock lock(mutex_);
        Test test{.model = model, .abandon = abandon};
        test_ = &test;
        work_.notify_one();
        while (!test.done) {
            changed_.wait_for(lock, kLook);
            if (!abandon || !*abandon || test_ == nullptr) continue;
            test_ = nullptr;  // no lane has begun it
            return std::nullopt;
        }
        if (test.failure) std::rethrow_exception(test.failure);
        return test.score;
    }

    std::uint64_t tokens() const override {
        std::uint64_t sum = 0;
        for (const auto& tokens : tokens_) sum += tokens;
        return sum;
    }
    std::string device() const override { return device_; }

private:
    struct Job {
        explicit Job(Candidate what) : candidate(std::move(what)) {}
        const Candidate candidate;
        std::atomic<bool> dropped = false;
        // Once a lane is done with it.
        bool done = false;
        std::optional<Evaluated> result;
        std::exception_ptr failure;
    };
    using Jobs = std::map<std::uint64_t, std::shared_ptr<Job>>;

    struct Test {
        GenomePtr model;
        const std::atomic<bool>* abandon = nullptr;
        bool done = false;
        std::optional<double> score;
        std::exception_ptr failure;
    };

    void work(std::size_t index) {
        try {
            setup_.useThreads(setup_.threadsPerLane);
            // A program that scores ends with the thread that started it last, so each lane makes its task itself, or
            // takes over the first, which the calling thread made, and ends it in any case.
            Lane lane(index == 0 ? std::move(setup_.task) : setup_.makeTask(), breeding_, known_, tokens_[index]);
            report(nullptr);
            while (workOn(lane)) {
            }
        } catch (...) {
            report(std::current_exception());
        }
    }

    /// A lane has been set up, or couldn't be.
    void report(const std::exception_ptr& failure) {
        {
            const std::lock_guard lock(mutex_);
            ++ready_;
            if (failure && !failure_) failure_ = failure;
        }
        changed_.notify_all();
    }

    /// Waits for the next piece of work and does it; false when there will be no more.
    bool workOn(Lane& lane) {
        std::unique_lock lock(mutex_);
        work_.wait(lock, [this] { return closing_ || test_ || !waiting_.empty(); });
        if (closing_) return false;
        if (auto* test = std::exchange(test_, nullptr)) {
            // The one who asked waits until it is done, so it stays.
            lock.unlock();
            std::optional<double> score;
            std::exception_ptr failure;
            try {
                score = lane.test(*test->model, test->abandon);
            } catch (...) {
                failure = std::current_exception();
            }
            lock.lock();
            test->score = score;
            test->failure = failure;
            test->done = true;
        } else {
            const auto job = waiting_.extract(waiting_.begin()).mapped();
            lock.unlock();
            std::optional<Evaluated> result;
            std::exception_ptr failure;
            try {
                result = lane.evaluate(job->candidate, job->dropped);
            } catch (...) {
                failure = std::current_exception();
            }
            lock.lock();
            job->result = std::move(result);
            job->failure = failure;
            job->done = true;
            // The others are waited for when their turn has come.
            if (open_.empty() || open_.begin()->second != job) return true;
        }
        lock.unlock();
        changed_.notify_one();
        return true;
    }

    void close() {
        {
            const std::lock_guard lock(mutex_);
            closing_ = true;
            for (const auto& [step, job] : open_) job->dropped = true;
        }
        work_.notify_all();
        threads_.clear();
    }

    LocalSetup setup_;
    std::string device_;
    const Breeding& breeding_;
    const KnownModels& known_;
    /// Of each lane.
    std::vector<std::atomic<std::uint64_t>> tokens_;

    std::mutex mutex_;
    /// There is something to do; something is done.
    std::condition_variable work_, changed_;
    std::size_t ready_ = 0;
    std::exception_ptr failure_;
    bool closing_ = false;
    /// By step: what was submitted and not yet handed back, and of this what no lane has begun.
    Jobs open_, waiting_;
    /// Waits to be begun; null when none does.
    Test* test_ = nullptr;
    std::vector<std::jthread> threads_;
};

}  // namespace

std::unique_ptr<Evaluator> localEvaluator(LocalSetup setup, const Breeding& breeding, const KnownModels& known) {
    if (setup.lanes <= 1) return std::make_unique<OneLane>(std::move(setup), breeding, known);
    return std::make_unique<Lanes>(std::move(setup), breeding, known);
}

std::size_t lanesFor(const RunPlace& place, const Experiment& experiment, std::uint64_t lookahead) {
    if (place.lanes > 0) return std::min<std::size_t>(place.lanes, lookahead);
    // What computes on a GPU shares it in any case.
    if (experiment.device != "CPU" && experiment.device != "another program") return 1;
    std::size_t lanes = place.threads ? place.threads : std::max(1u, std::thread::hardware_concurrency());
    // Half of the memory stays with everything else.
    if (const auto available = availableMemory(); available && experiment.taskMemory > 0)
        lanes = std::min<std::size_t>(lanes, 1 + *available / 2 / experiment.taskMemory);
    return std::min<std::size_t>(lanes, lookahead);
}

}  // namespace mergarium
