// Workers that only wait: so many threads, each a worker with a connection of its own, that take a given time for every
// model of whatever run they are given and make its scores up. tests/bench/workers_bench measures with them what is
// left of a worker's time between two models.
#include "core/cluster/cluster_settings.h"
#include "core/cluster/messages/ticket.h"
#include "core/cluster/messages/ticket_result.h"
#include "core/cluster/messages/worker_messages.h"
#include "tests/bench/options.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace mergarium;

namespace {

void work(const std::string& url, const std::string& name, Milliseconds wait, std::size_t samples) {
    const MessageBus bus({.url = url}, name);
    auto alive = bus.listen(kAliveSubject);
    std::string key;
    std::optional<Inbox> tickets;
    while (true) {
        while (const auto message = alive.next(tickets ? Milliseconds{0} : Milliseconds{100})) {
            const auto run = decodeAlive(message->bytes);
            if (run.key == key) continue;
            const WorkerApplication application{
                .worker = name, .offer = run.offer, .device = "none", .processor = "none"};
            if (!bus.ask(subjectTo(run.key, kAskToHelp), encode(application), Milliseconds{5000})) continue;
            key = run.key;
            tickets = bus.fetch(ticketsOf(key, Milliseconds{0}));
        }
        if (!tickets) continue;
        const auto message = tickets->next(Milliseconds{200});
        if (!message) continue;
        const auto ticket = decodeTicket(message->bytes);
        // Held-out samples aren't what is measured.
        if (ticket.asked == Asked::Scores) std::this_thread::sleep_for(wait);
        tickets->ask(Milliseconds{200});
        TicketResult result{.ticket = ticket.digest(), .step = ticket.step, .worker = name, .processor = "none"};
        if (ticket.asked == Asked::Test)
            result.outcome = TicketResult::Tested(0.5);
        else
            result.outcome = Scored{.scores = Scores(std::vector<float>(samples, 0.5f))};
        bus.store(resultsOf(key).subject, encode(result, bus.largest() / 2));
        bus.take(*message);
        const SignOfLife sign{.worker = name, .device = "none", .processor = "none", .state = "waiting"};
        bus.publish(subjectTo(key, kSayAlive), encode(sign));
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::string url = "nats://127.0.0.1:4222";
    std::uint64_t workers = 64, wait = 200, samples = 1437;
    bench::Options("Workers that only wait")
        .add("--url", &url)
        .add("--workers", &workers)
        .add("--wait", &wait, "Milliseconds for a model")
        .add("--samples", &samples, "Of the run's task; the digits have 1437")
        .read(argc, argv);
    std::vector<std::jthread> threads;
    for (std::uint64_t k = 0; k < workers; ++k)
        threads.emplace_back([=] { work(url, fmt::format("waiting {}", k), Milliseconds(wait), samples); });
}
