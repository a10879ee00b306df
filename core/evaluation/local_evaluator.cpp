#include "core/evaluation/local_evaluator.h"

#include "core/evaluation/lane.h"
#include "core/files/free_memory.h"

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

/// How long a stop request may go unnoticed while other lanes are waited for.
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

/// Lanes side by side: the calling thread, while it waits, and a thread for each of the others. Each takes what waits
/// and has the lowest step.
class Lanes final : public Evaluator {
public:
    Lanes(LocalSetup setup, const Breeding& breeding, const KnownModels& known)
        : setup_(std::move(setup)),
          device_(inWords(setup_)),
          breeding_(breeding),
          known_(known),
          tokens_(setup_.lanes),
          first_(std::move(setup_.task), breeding, known, tokens_[0]) {
        setup_.useThreads(setup_.threadsPerLane);
        try {
            for (std::size_t index = 1; index < setup_.lanes; ++index)
                threads_.emplace_back([this, index] { work(index); });
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return ready_ == threads_.size(); });
            if (failure_) std::rethrow_exception(failure_);
        } catch (...) {
            close();
            throw;
        }
    }
    ~Lanes() override { close(); }

    std::size_t capacity() const override { return setup_.lanes == 1 ? 1 : kAhead * setup_.lanes; }

    void submit(Candidate candidate) override {
        auto job = std::make_shared<Job>(std::move(candidate));
        const auto step = job->candidate.step;
        {
            const std::lock_guard lock(mutex_);
            open_[step] = job;
            waiting_[step] = std::move(job);
        }
        if (!threads_.empty()) work_.notify_one();
    }

    std::optional<Evaluated> next(const std::atomic<bool>& abandon) override {
        std::unique_lock lock(mutex_);
        const auto job = open_.begin()->second;
        while (!abandon && !job->done) {
            if (waiting_.empty())
                changed_.wait_for(lock, kLook);
            else
                evaluateOne(first_, lock, &abandon);
        }
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
        return first_.test(*model, abandon);
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

    void work(std::size_t index) {
        try {
            setup_.useThreads(setup_.threadsPerLane);
            Lane lane(setup_.makeTask(), breeding_, known_, tokens_[index]);
            report(nullptr);
            std::unique_lock lock(mutex_);
            while (true) {
                work_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
                if (closing_) return;
                evaluateOne(lane, lock, nullptr);
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
        changed_.notify_one();
    }

    /// The first of those that wait, of which there is one at least. Ends early when it is dropped, or when `abandon`,
    /// which may be null, is found set.
    void evaluateOne(Lane& lane, std::unique_lock<std::mutex>& lock, const std::atomic<bool>* abandon) {
        const auto job = waiting_.extract(waiting_.begin()).mapped();
        lock.unlock();
        std::optional<Evaluated> result;
        std::exception_ptr failure;
        try {
            result = lane.evaluate(job->candidate, abandon ? *abandon : job->dropped);
        } catch (...) {
            failure = std::current_exception();
        }
        lock.lock();
        job->result = std::move(result);
        job->failure = failure;
        job->done = true;
        // The others are asked for when their turn has come.
        if (!open_.empty() && open_.begin()->second == job) changed_.notify_one();
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
    /// The calling thread's.
    Lane first_;

    std::mutex mutex_;
    /// There is something to do; what was waited for is done.
    std::condition_variable work_, changed_;
    std::size_t ready_ = 0;
    std::exception_ptr failure_;
    bool closing_ = false;
    /// By step: what was submitted and not yet handed back, and of this what no lane has begun.
    Jobs open_, waiting_;
    std::vector<std::jthread> threads_;
};

}  // namespace

std::unique_ptr<Evaluator> localEvaluator(LocalSetup setup, const Breeding& breeding, const KnownModels& known) {
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
