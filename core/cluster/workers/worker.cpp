#include "core/cluster/workers/worker.h"

#include "core/cluster/cluster_settings.h"
#include "core/cluster/messages/worker_messages.h"
#include "core/cluster/offered_run.h"
#include "core/cluster/workers/fetched_files.h"
#include "core/cluster/workers/processor.h"
#include "core/cluster/workers/pulse.h"
#include "core/cluster/workers/scorer.h"
#include "core/cluster/workers/shelf.h"
#include "core/text/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace mergarium {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Milliseconds kLook{200};
constexpr Milliseconds kAnswerTime{10'000};
/// A run that says nothing for so long gives out no tickets.
constexpr std::chrono::seconds kSilent{3};
/// And is forgotten, with what was prepared for it.
constexpr std::chrono::seconds kForgotten{60};
/// What is missing may have been put there.
constexpr std::chrono::seconds kAgain{20};
/// Who makes up runs can't fill the memory.
constexpr std::size_t kMostRuns = 256;
/// A ticket that was handed out so often ends those that score it.
constexpr std::uint64_t kMostDeliveries = 20;

class Worker {
public:
    Worker(const WorkerSettings& settings, const MessageBus& bus, const std::atomic<bool>& stop)
        : settings_(settings),
          bus_(bus),
          stop_(stop),
          name_(settings.name.empty() ? fmt::format("{} {}", hostName(), ::getpid()) : settings.name),
          pulse_(bus, name_, settings.processor.empty() ? processorKind("CPU", "") : settings.processor),
          alive_(bus.listen(kAliveSubject)),
          shelf_(foldersOf(settings), settings.cache / "founders", [this] { return stop_.load(); }) {}

    void work() {
        while (!stop_) {
            auto patience = Milliseconds{0};
            if (!turns_) patience = kLook;
            hear(patience);
            turns_ = false;
            alone_ = std::ranges::count_if(runs_, [](const auto& run) { return isAlive(run.second); }) == 1;
            for (auto& [key, run] : runs_) {
                if (stop_) break;
                if (!isAlive(run)) continue;
                if (!run.tickets && Clock::now() >= run.tryAt) join(key, run);
                if (!run.tickets) continue;
                turns_ = true;
                // Of several runs none waits for another one's tickets.
                if (auto message = run.tickets->next(alone_ ? kLook : Milliseconds{50})) score(key, run, *message);
            }
        }
        // What is on its way goes to others at once.
        for (auto& [key, run] : runs_)
            if (run.tickets)
                if (const auto message = run.tickets->next(Milliseconds{0})) bus_.giveBack(*message);
    }

private:
    struct Run {
        std::string offer;
        Clock::time_point heard;
        /// Once it may score.
        std::optional<Inbox> tickets;
        std::string name;
        Clock::time_point tryAt{};
        std::string told;
    };
    static bool isAlive(const Run& run) { return Clock::now() - run.heard <= kSilent; }

    static std::vector<std::filesystem::path> foldersOf(const WorkerSettings& settings) {
        auto folders = settings.folders;
        folders.push_back(settings.cache / "fetched");
        folders.push_back(settings.resources);
        return folders;
    }

    void tell(const std::string& sentence) const {
        if (settings_.tell) settings_.tell(sentence);
    }

    /// Who is there.
    void hear(Milliseconds patience) {
        for (auto message = alive_.next(patience); message; message = alive_.next(Milliseconds{0})) {
            try {
                const auto alive = decodeAlive(message->bytes);
                if (runs_.size() >= kMostRuns && !runs_.contains(alive.key)) continue;
                auto& run = runs_[alive.key];
                run.offer = alive.offer;
                run.heard = Clock::now();
            } catch (const std::runtime_error&) {
                // Of another version, or nobody's.
            }
        }
        const auto silent = [&](const auto& one) { return Clock::now() - one.second.heard > kForgotten; };
        for (const auto& one : runs_)
            if (silent(one)) pulse_.forget(one.first);
        std::erase_if(runs_, silent);
        std::erase_if(scorers_, [&](const auto& scorer) {
            return std::ranges::none_of(runs_, [&](const auto& run) { return run.second.offer == scorer.first; });
        });
    }

    void join(const std::string& key, Run& run) {
        try {
            const auto bytes = bus_.ask(subjectTo(key, kAskOffer), {}, kAnswerTime);
            if (!bytes) return;
            const auto offer = decodeOffer(*bytes);
            if (offer.digest() != run.offer) throw std::runtime_error("A run offers another one than it says.");
            if (offer.version != settings_.version)
                throw std::runtime_error(
                    fmt::format("A run of Mergarium {} can't be scored by Mergarium {}: use the same.", offer.version,
                                settings_.version));
            auto& scorer = scorers_[run.offer];
            if (!scorer) scorer = prepared(key, offer);
            const auto answer = bus_.ask(
                subjectTo(key, kAskToHelp),
                encode(WorkerApplication{
                    .worker = name_, .offer = run.offer, .device = scorer->device(), .processor = scorer->processor()}),
                kAnswerTime);
            if (!answer) return;
            if (const auto admittance = decodeAdmittance(*answer); !admittance.refusal.empty())
                throw std::runtime_error(admittance.refusal);
            run.tickets = bus_.fetch(ticketsOf(key, Milliseconds{0}));
            if (!run.tickets) return;
            pulse_.say(key, "waiting", scorer->device(), scorer->processor());
            tell(fmt::format("Scoring for the run \"{}\" on {}.", nameIn(offer), scorer->device()));
        } catch (const Cancelled&) {
        } catch (const std::exception& error) {
            refuse(key, run, error);
        }
    }

    /// Doesn't work for a run for a while, and says why once.
    void refuse(const std::string& key, Run& run, const std::exception& error) {
        const auto why = words::visible(words::failure(error, "this worker"));
        run.tickets.reset();
        run.tryAt = Clock::now() + kAgain;
        if (!scorers_[run.offer]) scorers_.erase(run.offer);
        pulse_.say(key, why);
        if (std::exchange(run.told, why) != why) tell(why);
    }

    static std::string nameIn(const RunOffer& offer) { return words::visible(configurationIn(offer, {}).name); }

    std::unique_ptr<Scorer> prepared(const std::string& key, const RunOffer& offer) {
        const auto announce = [&](std::string_view what, std::uint64_t done, std::uint64_t total) {
            pulse_.say(key, total > 0 ? fmt::format("{}: {} %", what, 100 * done / total) : std::string(what));
            return !stop_.load();
        };
        announce("looking for founders and files", 0, 0);
        return std::make_unique<Scorer>(offer, find(key, offer), settings_, stop_, announce);
    }

    FoundFiles find(const std::string& key, const RunOffer& offer) {
        shelf_.look();
        FoundFiles found;
        std::vector<std::string> missing;
        const FetchedFiles fetched(bus_, key, offer.digest(), settings_.cache / "fetched",
                                   [&](const std::string& file, std::uint64_t done, std::uint64_t total) {
                                       pulse_.say(key, fmt::format("fetching {}: {} %", file, 100 * done / total));
                                       return !stop_.load();
                                   });
        std::size_t index = 0;
        for (const auto& model : offer.models) {
            auto here = shelf_.find(model);
            if (!here && settings_.fetch) here = fetch(fetched, model, index);
            if (here)
                found.models.push_back(*here);
            else
                missing.push_back(fmt::format("the founder {} (contents {})", model.name, model.hash.substr(0, 12)));
            index += model.base.files.size();
            for (const auto& adapter : model.adapters) index += adapter.place.files.size();
        }
        for (const auto& file : offer.files) {
            auto here = shelf_.find(file);
            if (!here && settings_.fetch) here = fetched.fetch(file, index);
            if (here)
                found.files[file.name] = *here;
            else
                missing.push_back(file.name);
            ++index;
        }
        if (!missing.empty())
            throw std::runtime_error(fmt::format(
                "The run \"{}\" takes what this worker hasn't: {}; put it into a folder that --models names, or "
                "have it fetched (--fetch).",
                nameIn(offer), fmt::join(missing, ", ")));
        return found;
    }

    CheckpointFounder fetch(const FetchedFiles& files, const OfferedModel& model, std::size_t index) {
        const auto beneath = model.hash.substr(0, 16);
        CheckpointFounder founder;
        founder.base = files.fetch(model.base, index, beneath);
        index += model.base.files.size();
        for (const auto& [place, weight] : model.adapters) {
            founder.adapter.add({files.fetch(place, index, beneath), weight});
            index += place.files.size();
        }
        // Weights are known by the model's hash alone.
        shelf_.look();
        auto found = shelf_.find(model);
        if (!found) {
            std::filesystem::remove_all(settings_.cache / "fetched" / beneath);
            throw std::runtime_error(
                fmt::format("The founder {} that was fetched isn't the run's: was it changed meanwhile?", model.name));
        }
        return *found;
    }

    void score(const std::string& key, Run& run, const BusMessage& message) {
        pulse_.begin(key, message.reply);
        bool done = false;
        try {
            done = scoreTicket(key, run, message);
        } catch (const std::exception& error) {
            if (!stop_) refuse(key, run, error);
            bus_.giveBack(message, std::chrono::seconds(stop_ ? 0 : 2));
        }
        pulse_.end(done);
    }

    bool scoreTicket(const std::string& key, Run& run, const BusMessage& message) {
        const auto ticket = decodeTicket(message.bytes);
        if (ticket.except == name_) {
            bus_.giveBack(message, std::chrono::seconds(1));
            return false;
        }
        pulse_.say(key, fmt::format("scoring the model of step {}", ticket.step));
        std::optional<TicketResult> result;
        // To be checked by another one it may go round for long.
        if (message.deliveries > kMostDeliveries && ticket.except.empty())
            result = TicketResult{
                .ticket = ticket.digest(),
                .step = ticket.step,
                .worker = {},
                .processor = scorers_.at(run.offer)->processor(),
                .seconds = 0.0,
                .tokens = 0,
                .outcome = Failed{fmt::format("{} workers fell silent when they scored it.", message.deliveries - 1)}};
        else
            result = scorers_.at(run.offer)->score(ticket, stop_);
        if (!result) {
            bus_.giveBack(message);
            return false;
        }
        result->worker = name_;
        const auto bytes = encode(*result, bus_.largest() / 2);
        // The next one is on its way meanwhile.
        if (alone_) run.tickets->ask(kLook);
        // Before it is stored, the ticket isn't done.
        while (!bus_.store(resultsOf(key).subject, bytes)) {
            if (stop_) {
                bus_.giveBack(message);
                return false;
            }
            std::this_thread::sleep_for(kLook);
        }
        bus_.take(message);
        pulse_.say(key, "waiting");
        return true;
    }

    const WorkerSettings& settings_;
    const MessageBus& bus_;
    const std::atomic<bool>& stop_;
    const std::string name_;
    Pulse pulse_;
    Inbox alive_;
    Shelf shelf_;
    std::map<std::string, Run> runs_;
    /// By offer.
    std::map<std::string, std::unique_ptr<Scorer>> scorers_;
    /// Somebody is waited for within turns; and one run alone.
    bool turns_ = false, alone_ = false;
};

}  // namespace

void work(const WorkerSettings& settings, const std::atomic<bool>& stop) {
    requireProtected(settings.server);
    std::unique_ptr<MessageBus> bus;
    for (bool told = false; !bus && !stop;) {
        try {
            bus = std::make_unique<MessageBus>(settings.server, "Mergarium worker");
        } catch (const ServerNotThere& error) {
            if (settings.tell && !std::exchange(told, true))
                settings.tell(std::string(error.what()) + " The worker waits for it.");
            for (int waited = 0; waited < 10 && !stop; ++waited) std::this_thread::sleep_for(kLook);
        }
    }
    if (!bus) return;
    Worker(settings, *bus, stop).work();
}

}  // namespace mergarium
