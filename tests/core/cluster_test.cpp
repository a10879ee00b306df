#include "core/cluster/message_bus.h"
#include "core/cluster/messages/ticket.h"
#include "core/cluster/messages/ticket_result.h"
#include "core/cluster/messages/worker_messages.h"
#include "core/session/session.h"
#include "tests/support/message_of.h"
#include "tests/support/nats_server.h"
#include "tests/support/patience.h"
#include "tests/support/suite.h"
#include "tests/support/worker_thread.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <limits>

using namespace mergarium;
using namespace mergarium::test;

namespace {

RunConfiguration digits() {
    auto configuration = parseConfiguration("strategy: {offspring: 8, splits: 4}", "test");
    configuration.name = "digits";
    configuration.device = "cpu";
    configuration.evaluations = 64;
    return configuration;
}

RunConfiguration language() {
    auto configuration = readConfiguration(kResources / "presets/language-demo.yaml");
    configuration.device = "cpu";
    configuration.evaluations = 12;
    configuration.strategy = M2n2Settings{.archive = 4, .offspring = 4};
    auto& task = std::get<CausalLmSettings>(configuration.task);
    for (auto& file : task.files) file.limit = 8;
    return configuration;
}

std::vector<std::byte> asBytes(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

}  // namespace

// A run that workers score ends as the same run that one process scores, whoever dies or lies meanwhile.
class ClusterTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::unique_ptr<NatsServer> server_;
    int databases_ = 0;

    std::filesystem::path path(const QString& name) const { return folder_.filePath(name).toStdString(); }
    WorkerSettings worker(const QString& cache = "cache") { return workerAt(server_->url(), path(cache)); }

    RunPlace place() {
        return {.database = path(QString("runs-%1.db").arg(++databases_)),
                .resources = kResources,
                .threads = 1,
                .lanes = 1,
                .mayStart = anyProgram};
    }
    RunPlace placeWith(ClusterSettings settings) {
        auto there = place();
        there.workers = std::make_shared<const ClusterSettings>(std::move(settings));
        return there;
    }
    RunPlace cluster() { return placeWith(clusterAt(server_->url())); }

    std::string hashOf(const RunConfiguration& configuration, const RunPlace& where) {
        return finish(*RunLoop::begin(configuration, where)).archiveHash;
    }

    /// A worker that the run has let in, and that does what it likes.
    struct Rogue {
        explicit Rogue(const std::string& url) : bus({.url = url}, "rogue"), alive(bus.listen("mergarium.alive")) {}

        /// Waits for the run, and applies.
        Inbox join() {
            while (key.empty())
                if (const auto message = alive.next(Milliseconds{100})) {
                    const auto run = decodeAlive(message->bytes);
                    key = run.key;
                    offer = run.offer;
                }
            const WorkerApplication application{.worker = "rogue", .offer = offer, .device = "CPU", .processor = "p"};
            (void)bus.ask(subjectTo(key, kAskToHelp), encode(application), Milliseconds{5000});
            auto tickets = bus.fetch(ticketsOf(key, Milliseconds{0}));
            if (!tickets) throw std::runtime_error("there are no tickets");
            return std::move(*tickets);
        }
        void send(const std::vector<std::byte>& bytes) const { bus.store(resultsOf(key).subject, bytes); }

        MessageBus bus;
        Inbox alive;
        std::string key, offer;
    };

    /// What the rogue does with each ticket before an honest worker joins.
    using Deed = std::function<void(Rogue&, const BusMessage&, const Ticket&)>;
    static Deed deedNamed(const QString& name) {
        const auto result = [](const Ticket& ticket, std::size_t samples, float score) {
            return TicketResult{.ticket = ticket.digest(),
                                .step = ticket.step,
                                .worker = "rogue",
                                .processor = "p",
                                .seconds = 0.0,
                                .tokens = 0,
                                .outcome = Scored{.scores = Scores(std::vector<float>(samples, score))}};
        };
        if (name == "garbage")
            return [](Rogue& rogue, const BusMessage& message, const Ticket&) {
                rogue.send(asBytes("garbage"));
                rogue.bus.take(message);
            };
        if (name == "wrong numbers")
            return [=](Rogue& rogue, const BusMessage& message, const Ticket& ticket) {
                rogue.send(encode(result(ticket, 1437, std::numeric_limits<float>::quiet_NaN()), 1 << 20));
                rogue.send(encode(result(ticket, 1437, 2.0f), 1 << 20));
                rogue.bus.take(message);
            };
        if (name == "wrong lengths")
            return [=](Rogue& rogue, const BusMessage& message, const Ticket& ticket) {
                rogue.send(encode(result(ticket, 7, 1.0f), 1 << 20));
                rogue.bus.take(message);
            };
        if (name == "other steps")
            return [=](Rogue& rogue, const BusMessage& message, const Ticket& ticket) {
                auto other = result(ticket, 1437, 1.0f);
                other.step += 100;
                rogue.send(encode(other, 1 << 20));
                other = result(ticket, 1437, 1.0f);
                other.ticket = std::string(64, '0');
                rogue.send(encode(other, 1 << 20));
                rogue.bus.take(message);
            };
        // Takes tickets and is never heard of again.
        return [](Rogue&, const BusMessage&, const Ticket&) {};
    }

private Q_SLOTS:
    void initTestCase() {
        if (NatsServer::program().isEmpty()) QSKIP("nats-server isn't installed: apt-get install nats-server");
        server_ = std::make_unique<NatsServer>();
        QVERIFY(server_->start());
    }

    void anyNumberOfWorkersGoesTheSameWay_data() {
        QTest::addColumn<bool>("isLanguage");
        QTest::newRow("digits") << false;
        QTest::newRow("a language model") << true;
    }
    void anyNumberOfWorkersGoesTheSameWay() {
        QFETCH(bool, isLanguage);
        const auto configuration = isLanguage ? language() : digits();
        const auto alone = hashOf(configuration, place());
        QCOMPARE(alone.size(), std::size_t{64});
        for (const int count : {1, 2, 4}) {
            std::vector<std::unique_ptr<WorkerThread>> workers;
            for (int k = 0; k < count; ++k) {
                auto settings = worker();
                settings.name = "worker " + std::to_string(k);
                workers.push_back(std::make_unique<WorkerThread>(settings));
            }
            QCOMPARE(hashOf(configuration, cluster()), alone);
        }
    }

    void aWorkerThatLiesChangesNothing_data() {
        QTest::addColumn<QString>("deed");
        for (const char* deed : {"garbage", "wrong numbers", "wrong lengths", "other steps", "silence"})
            QTest::newRow(deed) << QString(deed);
    }
    void aWorkerThatLiesChangesNothing() {
        QFETCH(QString, deed);
        auto configuration = digits();
        configuration.evaluations = 16;
        const auto alone = hashOf(configuration, place());
        std::string hash;
        const auto where = cluster();
        std::jthread run([&] { hash = hashOf(configuration, where); });
        {
            Rogue rogue(server_->url());
            auto tickets = rogue.join();
            // The founders are asked for one after the other: the rogue gets the first of them.
            std::optional<BusMessage> message;
            while (!message) message = tickets.next(Milliseconds{200});
            deedNamed(deed)(rogue, *message, decodeTicket(message->bytes));
        }
        // The run goes by the first worker's kind of processor, whoever that was.
        auto settings = worker();
        settings.processor = "p";
        const WorkerThread honest(settings);
        run.join();
        QCOMPARE(hash, alone);
    }

    void whoAnswersTwiceOrLateChangesNothing() {
        auto configuration = digits();
        configuration.evaluations = 16;
        const auto alone = hashOf(configuration, place());
        // Everything is scored twice and compared: each answer but the first is late.
        auto settings = clusterAt(server_->url());
        settings.checked = 1.0;
        auto first = worker(), second = worker();
        first.name = "first";
        second.name = "second";
        const WorkerThread one(first), two(second);
        const auto where = placeWith(settings);
        QCOMPARE(hashOf(configuration, where), alone);
    }

    void aWorkerThatStopsIsReplaced() {
        const auto configuration = digits();
        const auto alone = hashOf(configuration, place());
        std::string hash;
        const auto where = cluster();
        std::jthread run([&] { hash = hashOf(configuration, where); });
        for (int k = 0; k < 3; ++k) {
            WorkerThread worker(this->worker());
            for (int waited = 0; waited < 200 && worker.told().empty(); ++waited)
                std::this_thread::sleep_for(Milliseconds{10});
        }
        const WorkerThread last(worker());
        run.join();
        QCOMPARE(hash, alone);
    }

    void theServerMayBeKilledAndStartedAgain() {
        auto configuration = digits();
        configuration.evaluations = 400;
        const auto alone = hashOf(configuration, place());
        const auto where = cluster();
        const WorkerThread worker(this->worker());
        const auto loop = RunLoop::begin(configuration, where);
        for (int step = 0; step < 20; ++step) loop->step(kNever);
        std::string hash;
        std::jthread run([&] { hash = finish(*loop).archiveHash; });
        server_->kill();
        QVERIFY(server_->start());
        run.join();
        QCOMPARE(hash, alone);
    }

    void anotherKindOfProcessorIsRefusedUnlessAskedFor() {
        auto configuration = digits();
        configuration.evaluations = 16;
        auto odd = worker();
        odd.processor = "another kind";
        odd.name = "odd";
        auto settings = clusterAt(server_->url());
        settings.mixed = true;
        const auto where = placeWith(settings);
        WorkerThread oddWorker(odd);
        const auto loop = RunLoop::begin(configuration, where);
        const WorkerThread other(worker());
        finish(*loop);
        QVERIFY(oddWorker.told().find("Scoring for") != std::string::npos);

        // Not mixed: the first kind stays alone.
        const auto strict = cluster();
        const auto second = RunLoop::begin(configuration, strict);
        QVERIFY(second->snapshot(Phase::Running).workers.size() >= 1);
        finish(*second);
    }

    void whatIsMissingIsSaidByNameAndFetchedWhereAsked() {
        auto configuration = language();
        configuration.evaluations = 4;
        // Founders and questions that lie where only the run's own program looks.
        const auto own = path("own");
        std::filesystem::create_directories(own);
        auto& founders = std::get<std::vector<CheckpointFounder>>(configuration.founders);
        for (auto& founder : founders) {
            const auto copy = own / ("my " + founder.base.filename().string());
            std::filesystem::copy(founder.base, copy, std::filesystem::copy_options::recursive);
            // Other contents than the resources'.
            std::ofstream(copy / "config.json", std::ios::app) << "\n";
            founder.base = copy;
        }
        auto& task = std::get<CausalLmSettings>(configuration.task);
        const auto questions = own / "my questions.jsonl";
        std::filesystem::copy(task.files[0].train, questions);
        std::ofstream(questions, std::ios::app) << "\n";
        task.files[0].train = questions;
        const auto alone = hashOf(configuration, place());
        const auto where = cluster();
        std::string hash;
        std::jthread run([&] { hash = hashOf(configuration, where); });
        {
            // It may not look where the run's questions lie, either.
            WorkerThread lacking(worker());
            for (int waited = 0; waited < kPatience / 10 && lacking.told().empty(); ++waited)
                std::this_thread::sleep_for(Milliseconds{10});
            const auto told = lacking.told();
            QVERIFY2(told.find("my add") != std::string::npos, told.c_str());
            QVERIFY2(told.find("--fetch") != std::string::npos, told.c_str());
        }
        auto fetching = worker("fetching");
        fetching.fetch = true;
        const WorkerThread fetcher(fetching);
        run.join();
        QCOMPARE(hash, alone);
        QVERIFY(std::filesystem::exists(path("fetching") / "fetched"));
    }

    void withoutWorkersARunWaitsSaysSoAndCanBeStopped() {
        Session session({.run = NewRun{digits()},
                         .database = path("waiting.db"),
                         .resources = kResources,
                         .threads = 1,
                         .workers = std::make_shared<const ClusterSettings>(clusterAt(server_->url()))},
                        nullptr);
        bool said = false;
        const auto looks = [&] {
            const auto snapshot = session.take();
            said = said || (snapshot && snapshot->message.find("Waiting for workers") != std::string::npos);
            return said;
        };
        QTRY_VERIFY_WITH_TIMEOUT(looks(), kPatience);
        session.stop();
        QVERIFY(session.waitFor(Milliseconds{kPatience}));
    }

    void aServerThatIsNotThereIsSaid() {
        const auto message = messageOf(
            [&] { hashOf(digits(), placeWith(clusterAt("nats://127.0.0.1:" + std::to_string(freePort())))); });
        QVERIFY2(message.find("No NATS server answers") != std::string::npos, message.c_str());
    }

    void credentialsThatTheServerDoesntKnowAreRefused() {
        NatsServer guarded({"--user", "someone", "--pass", "secret"});
        QVERIFY(guarded.start());
        const auto message = messageOf([&] { hashOf(digits(), placeWith(clusterAt(guarded.url()))); });
        QVERIFY2(message.find("doesn't let us in") != std::string::npos, message.c_str());

        std::ofstream(path("login")) << "someone:secret\n";
        auto settings = clusterAt(guarded.url());
        settings.server.credentials = path("login");
        auto worker = workerAt(guarded.url(), path("cache"));
        worker.server.credentials = path("login");
        const WorkerThread scoring(worker);
        auto configuration = digits();
        configuration.evaluations = 8;
        QCOMPARE(hashOf(configuration, placeWith(settings)), hashOf(configuration, place()));
    }
};

MERGARIUM_SUITE(ClusterTest)
#include "cluster_test.moc"
