#include "core/cluster/cluster_evaluator.h"

#include "core/cluster/event_list.h"
#include "core/cluster/part_server.h"
#include "core/cluster/processors_told.h"
#include "core/cluster/roster.h"
#include "core/cluster/ticket_book.h"
#include "core/evaluation/archive_hash.h"
#include "core/text/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

using Clock = std::chrono::steady_clock;

/// How long a stop request may go unnoticed.
constexpr Milliseconds kLook{20};
constexpr Milliseconds kAliveInterval{500};
/// How often whoever watches is told what is waited for.
constexpr Milliseconds kTellInterval{250};
constexpr std::size_t kMostAhead = 4096;
/// Around the contents of a message.
constexpr std::size_t kHeadroom = 4096;

class ClusterEvaluator final : public Evaluator {
public:
    ClusterEvaluator(ClusterSetup setup, const Breeding& breeding, const KnownModels& known)
        : setup_(std::move(setup)),
          breeding_(breeding),
          known_(known),
          key_(newKey()),
          offer_(encode(setup_.run.offer)),
          offerDigest_(setup_.run.offer.digest()),
          tickets_(ticketsOf(key_, setup_.settings.silence)),
          results_(resultsOf(key_)),
          bus_(setup_.settings.server, "Mergarium run"),
          parts_(setup_.run),
          book_(setup_.settings.checked),
          roster_(offerDigest_, setup_.settings.mixed) {
        requireFits(offer_.size(), "What workers need to know of this run");
        // Listened to before the server is told to send there.
        auto results = bus_.listen(results_.deliverTo);
        auto mail = bus_.listen(subjectTo(key_, "ask.*"));
        openQueues();
        threads_.emplace_back([this, inbox = std::move(results)](const std::stop_token& stop) mutable {
            guarded([&] { takeResults(inbox, stop); });
        });
        threads_.emplace_back([this, inbox = std::move(mail)](const std::stop_token& stop) mutable {
            guarded([&] { answerMail(inbox, stop); });
        });
    }

    ~ClusterEvaluator() override {
        for (auto& thread : threads_) thread.request_stop();
        threads_.clear();
        // What isn't removed the server forgets after a while.
        if (!bus_.isConnected()) return;
        bus_.remove(tickets_);
        bus_.remove(results_);
    }

    std::size_t capacity() const override { return std::clamp<std::size_t>(setup_.lookahead, 1, kMostAhead); }

    void submit(Candidate candidate) override {
        Job job;
        if (const auto* mating = std::get_if<Mating>(&candidate.model))
            job.genome = breeding_.breed(*mating->first->genome, *mating->second->genome, mating->splice);
        else
            job.genome = std::get<GenomePtr>(candidate.model);
        if (!setup_.cheap) {
            job.content = genomeHash(*job.genome);
            job.known = known_.find(job.content);
        }
        if (!job.known) job.ticket = handOut(*job.genome, candidate.step, Asked::Scores);
        jobs_[candidate.step] = std::move(job);
    }

    std::optional<Evaluated> next(const std::atomic<bool>& abandon) override {
        const auto step = jobs_.begin()->first;
        auto& first = jobs_.begin()->second;
        Evaluated evaluated{.step = step, .genome = first.genome, .content = first.content, .result = Failed{}};
        if (first.known) {
            evaluated.result = *std::move(first.known);
        } else {
            auto result = wait(first.ticket, &abandon);
            if (!result) return std::nullopt;
            if (auto* scored = std::get_if<Scored>(&result->outcome)) evaluated.result = std::move(*scored);
            if (auto* failed = std::get_if<Failed>(&result->outcome)) evaluated.result = std::move(*failed);
            processors_.add(step, result->processor);
        }
        jobs_.erase(jobs_.begin());
        return evaluated;
    }

    void drop() override {
        if (jobs_.empty()) return;
        jobs_.clear();
        {
            const std::lock_guard lock(mutex_);
            book_.drop();
        }
        if (bus_.isConnected()) bus_.empty(tickets_);
    }

    std::optional<double> test(const GenomePtr& model, const std::atomic<bool>* abandon) override {
        const auto result = wait(handOut(*model, 0, Asked::Test), abandon);
        if (!result) return std::nullopt;
        if (const auto* failed = std::get_if<Failed>(&result->outcome)) throw EvaluationFailure(failed->why);
        return std::get<TicketResult::Tested>(result->outcome);
    }

    std::uint64_t tokens() const override { return tokensRead_; }
    std::string device() const override { return fmt::format("workers at {}", inWords(setup_.settings.server)); }

    std::string waitsFor() const override {
        const auto where = inWords(setup_.settings.server);
        if (!bus_.isConnected()) return fmt::format("Waiting for the NATS server {}, which doesn't answer.", where);
        const std::lock_guard lock(mutex_);
        if (roster_.hasWorkers(Clock::now())) return {};
        return fmt::format("Waiting for workers: start some with mergarium-cli work {}.", where);
    }

    std::vector<WorkerStanding> workers() const override {
        const std::lock_guard lock(mutex_);
        return roster_.standings(Clock::now());
    }

    std::vector<EvaluatorEvent> takeEvents(bool all) override {
        auto events = processors_.take(all);
        const auto others = events_.take();
        events.insert(events.begin(), others.begin(), others.end());
        const std::lock_guard lock(mutex_);
        const auto& counts = book_.counts();
        if (all && setup_.settings.checked > 0.0)
            events.push_back(
                {"results checked", fmt::format("{} of {} results that were to be scored twice were; {} differed.",
                                                counts.checked, counts.toCheck, counts.differing)});
        return events;
    }

private:
    struct Job {
        GenomePtr genome;
        std::string content;
        /// It was scored before; else the ticket that was handed out for it.
        std::optional<Scored> known;
        std::string ticket;
    };

    void requireFits(std::size_t bytes, const char* what) const {
        if (const auto largest = bus_.largest(); bytes + kHeadroom > largest)
            throw std::runtime_error(fmt::format(
                "{} is larger ({}) than a message of the NATS server may be ({}): raise its max_payload.", what,
                words::bytes(static_cast<double>(bytes)), words::bytes(static_cast<double>(largest))));
    }

    void openQueues() {
        if (!bus_.open(tickets_) || !bus_.open(results_))
            throw std::runtime_error(
                fmt::format("The NATS server {} doesn't keep our queues: allow mergarium.> and $JS.API.> to this user.",
                            inWords(setup_.settings.server)));
    }

    std::string handOut(const Genome& genome, std::uint64_t step, Asked asked) {
        auto packed = genome.pack();
        if (setup_.genomeBytes > 0 && packed.size() > setup_.genomeBytes) packed.resize(setup_.genomeBytes);
        Ticket ticket{.offer = offerDigest_, .step = step, .asked = asked, .except = {}, .genome = std::move(packed)};
        const auto bytes = encode(ticket);
        requireFits(bytes.size(), "A model");
        std::string digest;
        {
            const std::lock_guard lock(mutex_);
            digest = book_.handOut(std::move(ticket));
            quietSince_ = Clock::now();
        }
        bus_.publish(tickets_.subject, bytes);
        return digest;
    }

    /// `abandon` may be null.
    std::optional<TicketResult> wait(const std::string& ticket, const std::atomic<bool>* abandon) {
        auto told = Clock::now();
        std::unique_lock lock(mutex_);
        while (true) {
            if (failure_) std::rethrow_exception(failure_);
            if (auto result = book_.collect(ticket)) return result;
            if (abandon && *abandon) return std::nullopt;
            arrived_.wait_for(lock, kLook);
            if (!setup_.whileWaiting || Clock::now() - told < kTellInterval) continue;
            told = Clock::now();
            lock.unlock();
            setup_.whileWaiting(waitsFor());
            lock.lock();
        }
    }

    // On threads of their own.

    void guarded(const std::function<void()>& work) {
        try {
            work();
        } catch (...) {
            const std::lock_guard lock(mutex_);
            failure_ = std::current_exception();
            arrived_.notify_all();
        }
    }

    void takeResults(Inbox& inbox, const std::stop_token& stop) {
        while (!stop.stop_requested())
            if (const auto message = inbox.next(kLook)) tryTo(*message, [&] { takeResult(*message); });
    }

    void answerMail(Inbox& inbox, const std::stop_token& stop) {
        auto said = Clock::time_point{};
        while (!stop.stop_requested()) {
            if (const auto message = inbox.next(kLook)) tryTo(*message, [&] { answer(*message); });
            const auto now = Clock::now();
            if (now - said >= kAliveInterval) {
                bus_.publish(kAliveSubject, encode(RunIsAlive{.key = key_, .offer = offerDigest_}));
                said = now;
            }
            lookForLostTickets(now);
        }
    }

    /// Messages come from anybody whom the server lets in.
    void tryTo(const BusMessage& message, const std::function<void()>& work) {
        try {
            work();
        } catch (const std::runtime_error& error) {
            events_.refuse(fmt::format("{} ({}, {})", error.what(), words::visible(message.subject),
                                       words::bytes(static_cast<double>(message.bytes.size()))));
        }
    }

    void answer(const BusMessage& message) {
        const auto is = [&](const char* what) { return message.subject == subjectTo(key_, what); };
        if (is(kAskOffer)) return bus_.publish(message.reply, offer_);
        if (is(kAskPart))
            return bus_.publish(message.reply, parts_.answer(decodePartWanted(message.bytes), offerDigest_));
        if (is(kAskToHelp)) {
            const auto application = decodeApplication(message.bytes);
            const std::lock_guard lock(mutex_);
            bus_.publish(message.reply, encode(roster_.admit(application, Clock::now())));
        } else if (is(kSayAlive)) {
            const auto sign = decodeSignOfLife(message.bytes);
            const std::lock_guard lock(mutex_);
            roster_.note(sign, Clock::now());
        }
    }

    void takeResult(const BusMessage& message) {
        // Whatever it is, the server needn't keep it.
        bus_.take(message);
        auto result = decodeResult(message.bytes, setup_.samples);
        const auto step = result.step;
        const auto worker = result.worker;
        const auto tokens = result.tokens;
        TicketBook::Taken taken;
        {
            const std::lock_guard lock(mutex_);
            taken = book_.take(std::move(result));
            quietSince_ = Clock::now();
        }
        switch (taken.arrival) {
            case TicketBook::Arrival::First:
                tokensRead_ += tokens;
                arrived_.notify_all();
                break;
            case TicketBook::Arrival::Same: break;
            case TicketBook::Arrival::Differs:
                events_.add(
                    {"results differ",
                     fmt::format("The model of step {} was scored by {} and by {}, who differ; the result of the first "
                                 "counts.",
                                 step, taken.first, worker)});
                break;
            case TicketBook::Arrival::Stray:
                events_.refuse(fmt::format("{} sent a result that nobody asked for.", worker));
                break;
        }
        if (taken.check) bus_.publish(tickets_.subject, encode(*taken.check));
    }

    /// What a server lost, or a worker took without answering, is handed out again: when nothing has happened for long,
    /// and the server has fewer tickets than answers are waited for.
    void lookForLostTickets(Clock::time_point now) {
        std::vector<std::vector<std::byte>> unanswered;
        {
            const std::lock_guard lock(mutex_);
            if (now - quietSince_ < setup_.settings.silence || !bus_.isConnected()) return;
            quietSince_ = now;
            for (const auto* ticket : book_.unanswered()) unanswered.push_back(encode(*ticket));
        }
        if (unanswered.empty()) return;
        const auto left = bus_.left(tickets_);
        if (left && *left >= unanswered.size()) return;
        if (!left && !(bus_.open(tickets_) && bus_.open(results_))) return;
        for (const auto& ticket : unanswered) bus_.publish(tickets_.subject, ticket);
    }

    const ClusterSetup setup_;
    const Breeding& breeding_;
    const KnownModels& known_;
    const std::string key_;
    const std::vector<std::byte> offer_;
    const std::string offerDigest_;
    const Queue tickets_, results_;
    MessageBus bus_;
    PartServer parts_;

    // Of the run's thread: what was submitted and not yet handed back, by step.
    std::map<std::uint64_t, Job> jobs_;
    ProcessorsTold processors_;

    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    TicketBook book_;
    Roster roster_;
    std::exception_ptr failure_;
    /// Since when nothing was handed out and nothing arrived.
    Clock::time_point quietSince_ = Clock::now();

    std::atomic<std::uint64_t> tokensRead_ = 0;
    EventList events_;
    std::vector<std::jthread> threads_;
};

}  // namespace

std::unique_ptr<Evaluator> clusterEvaluator(ClusterSetup setup, const Breeding& breeding, const KnownModels& known) {
    return std::make_unique<ClusterEvaluator>(std::move(setup), breeding, known);
}

}  // namespace mergarium
