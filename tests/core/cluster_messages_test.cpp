#include "core/cluster/messages/run_offer.h"
#include "core/cluster/messages/ticket.h"
#include "core/cluster/messages/ticket_result.h"
#include "core/cluster/messages/worker_messages.h"
#include "core/cluster/processors_told.h"
#include "core/cluster/roster.h"
#include "core/cluster/server_address.h"
#include "core/cluster/ticket_book.h"
#include "tests/support/message_of.h"
#include "tests/support/suite.h"

#include <QTest>

#include <limits>

using namespace mergarium;
using namespace std::chrono_literals;

namespace {

const std::string kDigest(64, 'a');

std::vector<std::byte> bytesOf(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

Ticket ticketOf(std::uint64_t step, std::string_view genome = "genome") {
    return {.offer = kDigest, .step = step, .asked = Asked::Scores, .except = {}, .genome = bytesOf(genome)};
}

TicketResult resultOf(const Ticket& ticket, const std::string& worker, std::vector<float> scores = {0.0f, 0.5f, 1.0f}) {
    return {.ticket = ticket.digest(),
            .step = ticket.step,
            .worker = worker,
            .processor = "one kind",
            .seconds = 0.25,
            .tokens = 7,
            .outcome = Scored{.scores = Scores(std::move(scores))}};
}

RunOffer anOffer() {
    return {.version = "1.0",
            .configuration = "name: x\n",
            .models = {{.name = "model",
                        .hash = kDigest,
                        .base = {.name = "base",
                                 .isFolder = true,
                                 .files = {{"model.safetensors", 12, ""}, {"config.json", 3, kDigest}}},
                        .adapters = {{{.name = "a.safetensors", .isFolder = false, .files = {{"a.safetensors", 5, ""}}},
                                      0.5}}}},
            .begunWith = 1,
            .networks = {{"network", bytesOf("packed")}},
            .files = {{"questions.jsonl", 4, kDigest}},
            .founders = {kDigest},
            .layout = kDigest,
            .samples = kDigest};
}

/// Every shorter beginning, and every one with a byte more, is refused.
template <typename Decode>
void refusesOthers(const std::vector<std::byte>& bytes, const Decode& decode) {
    for (std::size_t size = 0; size < bytes.size(); ++size)
        QVERIFY_EXCEPTION_THROWN(decode(std::span(bytes).first(size)), std::runtime_error);
    auto longer = bytes;
    longer.push_back(std::byte{0});
    QVERIFY_EXCEPTION_THROWN(decode(longer), std::runtime_error);
}

}  // namespace

// What workers and runs tell each other is read as a stranger's.
class ClusterMessagesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void messagesAreReadAsTheyWereWritten() {
        auto ticket = ticketOf(12);
        ticket.except = "someone";
        QCOMPARE(decodeTicket(encode(ticket)), ticket);
        QCOMPARE(decodeOffer(encode(anOffer())), anOffer());
        const WorkerApplication application{.worker = "w", .offer = kDigest, .device = "CPU", .processor = "p"};
        QCOMPARE(decodeApplication(encode(application)), application);
        const SignOfLife sign{
            .worker = "w", .device = "CPU", .processor = "p", .state = "waiting", .tickets = 3, .rate = 0.5};
        QCOMPARE(decodeSignOfLife(encode(sign)), sign);
        const PartWanted part{.offer = kDigest, .file = 1, .begin = 2, .size = 3};
        QCOMPARE(decodePartWanted(encode(part)), part);
        const RunIsAlive alive{.key = "abc1", .offer = kDigest};
        QCOMPARE(decodeAlive(encode(alive)), alive);
        QCOMPARE(decodeAdmittance(encode(Admittance{"no"})), Admittance{"no"});
    }

    void resultsAreReadAsTheyWereWritten() {
        auto result = resultOf(ticketOf(3), "w");
        auto& scored = std::get<Scored>(result.outcome);
        scored.answers = std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"a", "", "c"});
        const auto read = decodeResult(encode(result, 1 << 20), 3);
        QCOMPARE(read.digest(), result.digest());
        QCOMPARE(*std::get<Scored>(read.outcome).answers, *scored.answers);
        QCOMPARE(read.tokens, std::uint64_t{7});
        result.outcome = TicketResult::Tested(0.75);
        QCOMPARE(std::get<TicketResult::Tested>(decodeResult(encode(result, 1 << 20), 3).outcome),
                 TicketResult::Tested(0.75));
        result.outcome = Failed{"why"};
        QCOMPARE(std::get<Failed>(decodeResult(encode(result, 1 << 20), 3).outcome).why, std::string("why"));
    }

    void picturesThatAreTooLargeTogetherAreLeftOut() {
        auto result = resultOf(ticketOf(3), "w");
        std::get<Scored>(result.outcome).pictures =
            std::make_shared<const std::vector<EncodedPicture>>(3, EncodedPicture{4, 4, std::vector<std::byte>(5000)});
        QVERIFY(encode(result, 1 << 20).size() > 15'000);
        QVERIFY(encode(result, 10'000).size() < 1'000);
    }

    void whatIsCutOffOrLongerIsRefused() {
        refusesOthers(encode(ticketOf(1)), [](auto bytes) { return decodeTicket(bytes); });
        refusesOthers(encode(resultOf(ticketOf(1), "w"), 1 << 20), [](auto bytes) { return decodeResult(bytes, 3); });
        refusesOthers(encode(anOffer()), [](auto bytes) { return decodeOffer(bytes); });
    }

    void scoresThatCantBeAreRefused_data() {
        QTest::addColumn<std::vector<float>>("scores");
        QTest::newRow("too few") << std::vector<float>{0.0f, 1.0f};
        QTest::newRow("too many") << std::vector<float>(4);
        QTest::newRow("below 0") << std::vector<float>{0.0f, -0.5f, 1.0f};
        QTest::newRow("above 1") << std::vector<float>{0.0f, 1.5f, 1.0f};
        QTest::newRow("not a number") << std::vector<float>{0.0f, std::numeric_limits<float>::quiet_NaN(), 1.0f};
        QTest::newRow("infinite") << std::vector<float>{0.0f, std::numeric_limits<float>::infinity(), 1.0f};
    }
    void scoresThatCantBeAreRefused() {
        QFETCH(std::vector<float>, scores);
        const auto bytes = encode(resultOf(ticketOf(1), "w", scores), 1 << 20);
        QVERIFY_EXCEPTION_THROWN(decodeResult(bytes, 3), std::runtime_error);
    }

    void filesOfAnOfferLieBeneathTheirFolder() {
        for (const char* name : {"../x", "/x", "a/../../x", ".", ""}) {
            auto offer = anOffer();
            offer.models[0].base.files[0].name = name;
            QVERIFY_EXCEPTION_THROWN(decodeOffer(encode(offer)), std::runtime_error);
            offer = anOffer();
            offer.models[0].base.name = name;
            QVERIFY_EXCEPTION_THROWN(decodeOffer(encode(offer)), std::runtime_error);
        }
    }

    void aTicketsDigestCoversAllThatDecidesItsResult() {
        const auto ticket = ticketOf(1);
        auto other = ticket;
        other.except = "w";
        QCOMPARE(other.digest(), ticket.digest());
        QVERIFY(ticketOf(2).digest() != ticket.digest());
        QVERIFY(ticketOf(1, "other").digest() != ticket.digest());
        other.asked = Asked::Test;
        QVERIFY(other.digest() != ticket.digest());
        other = ticket;
        other.offer = std::string(64, 'b');
        QVERIFY(other.digest() != ticket.digest());
    }

    void theFirstResultCountsAndOthersAreCompared() {
        TicketBook book(0.0);
        const auto ticket = ticketOf(1);
        const auto digest = book.handOut(ticket);
        QCOMPARE(book.unanswered().size(), std::size_t{1});
        QVERIFY(!book.collect(digest));
        QCOMPARE(book.take(resultOf(ticket, "one")).arrival, TicketBook::Arrival::First);
        QVERIFY(book.unanswered().empty());
        QCOMPARE(book.take(resultOf(ticket, "two")).arrival, TicketBook::Arrival::Same);
        const auto collected = book.collect(digest);
        QCOMPARE(collected->worker, std::string("one"));
        const auto late = book.take(resultOf(ticket, "three", {1.0f, 1.0f, 1.0f}));
        QCOMPARE(late.arrival, TicketBook::Arrival::Differs);
        QCOMPARE(late.first, std::string("one"));
        QVERIFY(!book.collect(digest));
    }

    void resultsOfWhatWasNotAskedAreStray() {
        TicketBook book(0.0);
        const auto ticket = ticketOf(1);
        QCOMPARE(book.take(resultOf(ticket, "w")).arrival, TicketBook::Arrival::Stray);
        book.handOut(ticket);
        QCOMPARE(book.take(resultOf(ticketOf(2), "w")).arrival, TicketBook::Arrival::Stray);
        auto otherStep = resultOf(ticket, "w");
        otherStep.step = 9;
        QCOMPARE(book.take(otherStep).arrival, TicketBook::Arrival::Stray);
        auto test = resultOf(ticket, "w");
        test.outcome = TicketResult::Tested(0.5);
        QCOMPARE(book.take(test).arrival, TicketBook::Arrival::Stray);
        QCOMPARE(book.take(resultOf(ticket, "w")).arrival, TicketBook::Arrival::First);
    }

    void whatWasDroppedMayBeHandedOutAgain() {
        TicketBook book(0.0);
        const auto ticket = ticketOf(1);
        book.handOut(ticket);
        book.drop();
        QCOMPARE(book.take(resultOf(ticket, "w")).arrival, TicketBook::Arrival::Same);
        const auto digest = book.handOut(ticket);
        QCOMPARE(book.take(resultOf(ticket, "w")).arrival, TicketBook::Arrival::First);
        QVERIFY(book.collect(digest));
    }

    void aShareOfTheTicketsIsCheckedByAnotherWorker() {
        TicketBook book(0.25);
        int checks = 0;
        for (std::uint64_t step = 1; step <= 400; ++step) {
            const auto ticket = ticketOf(step);
            book.handOut(ticket);
            const auto taken = book.take(resultOf(ticket, "one"));
            if (!taken.check) continue;
            ++checks;
            QCOMPARE(taken.check->except, std::string("one"));
            // The same worker's own answer, once more, checks nothing.
            book.take(resultOf(ticket, "one"));
            book.take(resultOf(ticket, "two"));
        }
        QVERIFY(checks > 70 && checks < 130);
        QCOMPARE(book.counts().toCheck, static_cast<std::uint64_t>(checks));
        QCOMPARE(book.counts().checked, static_cast<std::uint64_t>(checks));
        QCOMPARE(book.counts().differing, std::uint64_t{0});
    }

    void anotherKindOfProcessorIsRefusedUnlessKindsMayBeMixed() {
        const auto from = [](const char* worker, const char* processor) {
            return WorkerApplication{.worker = worker, .offer = kDigest, .device = "CPU", .processor = processor};
        };
        const Roster::Clock::time_point now{};
        Roster strict(kDigest, false);
        QCOMPARE(strict.admit(from("one", "old"), now).refusal, std::string());
        QVERIFY(strict.admit(from("two", "new"), now).refusal.find("--mixed-workers") != std::string::npos);
        QCOMPARE(strict.admit(from("three", "old"), now).refusal, std::string());
        QCOMPARE(strict.standings(now).size(), std::size_t{2});
        Roster mixed(kDigest, true);
        mixed.admit(from("one", "old"), now);
        QCOMPARE(mixed.admit(from("two", "new"), now).refusal, std::string());
        QVERIFY(!Roster(std::string(64, 'b'), true).admit(from("one", "old"), now).refusal.empty());
    }

    void aSilentWorkerIsNotThere() {
        const Roster::Clock::time_point now{};
        Roster roster(kDigest, false);
        roster.note({.worker = "w", .device = "CPU", .processor = "p", .state = "lacks a founder"}, now);
        QVERIFY(!roster.hasWorkers(now));
        roster.admit({.worker = "w", .offer = kDigest, .device = "CPU", .processor = "p"}, now);
        QVERIFY(roster.hasWorkers(now + 2s));
        QVERIFY(!roster.hasWorkers(now + 20s));
        QCOMPARE(roster.standings(now + 20s).size(), std::size_t{1});
    }

    void stepsOfOtherProcessorsAreToldInStretches() {
        ProcessorsTold told;
        for (const std::uint64_t step : {1, 2, 3}) told.add(step, "one");
        for (const std::uint64_t step : {4, 5, 7}) told.add(step, "two");
        const auto first = told.take(false);
        QCOMPARE(first.size(), std::size_t{1});
        QCOMPARE(first[0].text, std::string("Workers score on one."));
        const auto rest = told.take(true);
        QCOMPARE(rest.size(), std::size_t{1});
        QCOMPARE(rest[0].text, std::string("Steps that were scored on two: 4-5, 7."));
        QVERIFY(told.take(true).empty());
    }

    void aServerElsewhereMustBeProtected_data() {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("credentials");
        QTest::addColumn<QString>("problem");
        const char* open = "anybody could take part";
        const char* none = "is no address";
        QTest::newRow("loopback") << "nats://127.0.0.1:4222"
                                  << ""
                                  << "";
        QTest::newRow("loopback by name") << "nats://localhost:4222"
                                          << ""
                                          << "";
        QTest::newRow("loopback, IPv6") << "nats://[::1]:4222"
                                        << ""
                                        << "";
        QTest::newRow("open") << "nats://host:4222"
                              << "" << open;
        QTest::newRow("a name that begins like loopback") << "nats://127.0.0.1.example.org:4222"
                                                          << "" << open;
        QTest::newRow("a user that looks like loopback") << "nats://localhost@host:4222"
                                                         << ""
                                                         << "";
        QTest::newRow("credentials") << "nats://host:4222"
                                     << "a.creds"
                                     << "";
        QTest::newRow("TLS") << "tls://host:4222"
                             << ""
                             << "";
        QTest::newRow("no scheme") << "host:4222"
                                   << "" << none;
        QTest::newRow("another scheme") << "http://host:4222"
                                        << "" << none;
        QTest::newRow("no host") << "nats://:4222"
                                 << "" << none;
        QTest::newRow("no port") << "nats://localhost:x"
                                 << "" << none;
    }
    void aServerElsewhereMustBeProtected() {
        QFETCH(QString, url);
        QFETCH(QString, credentials);
        QFETCH(QString, problem);
        const ServerAddress address{.url = url.toStdString(), .credentials = credentials.toStdString()};
        const auto message = test::messageOf([&] { requireProtected(address); });
        QVERIFY2(QString::fromStdString(message).contains(problem.isEmpty() ? "nothing was thrown" : problem),
                 message.c_str());
    }

    void aPasswordIsNotShown() {
        QCOMPARE(inWords({.url = "nats://user:secret@host:4222"}), std::string("nats://host:4222"));
    }
};

MERGARIUM_SUITE(ClusterMessagesTest)
#include "cluster_messages_test.moc"
