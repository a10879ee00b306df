#include "core/session/session.h"
#include "core/session/rate_meter.h"
#include "core/session/stored_session.h"
#include "core/store/run_catalog.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

using namespace mergarium;
using namespace std::chrono_literals;
using test::kResources;
using test::shortRun;

namespace {

/// Looks until the session shows what is asked for; null when it never did.
template <typename Condition>
SnapshotPtr await(Session& session, Condition condition) {
    for (int look = 0; look < 3000; ++look) {
        session.waitFor(10ms);
        if (auto snapshot = session.take(); snapshot && condition(*snapshot)) return snapshot;
    }
    return nullptr;
}

auto inPhase(Phase phase) {
    return [phase](const SessionSnapshot& snapshot) { return snapshot.phase == phase; };
}

}  // namespace

// Two threads at work in every one of these: to be run under the thread sanitizer too.
class SessionTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int files_ = 0;

    std::filesystem::path newDatabase() { return folder_.filePath(QString("runs-%1.db").arg(++files_)).toStdString(); }
    SessionRequest request(std::uint64_t evaluations, bool paused = false) {
        return {.run = NewRun{shortRun(evaluations)},
                .database = newDatabase(),
                .resources = kResources,
                .threads = 1,
                .startPaused = paused};
    }
    std::string hashOfWholeRun(std::uint64_t evaluations) {
        Session session(request(evaluations), nullptr);
        const auto last = await(session, inPhase(Phase::Finished));
        return last ? last->archiveHash : std::string("never finished");
    }

private Q_SLOTS:
    void runsToItsEndAndSaysWhatCameOfIt() {
        const auto what = request(300);
        Session session(what, nullptr);
        const auto last = await(session, inPhase(Phase::Finished));
        QVERIFY(last);
        QCOMPARE(last->evaluations, 300u);
        QCOMPARE(last->run->founders.size(), 2u);
        QCOMPARE(last->members.size(), 20u);
        QCOMPARE(last->curve->front().step, 0u);
        QCOMPARE(last->curve->back().step, 300u);
        QCOMPARE(last->pairings.size(), SessionSnapshot::kPairingsKept);
        QCOMPARE(last->archiveHash.size(), 64u);
        const auto best = *bestSlot(last->members);
        QCOMPARE(last->curve->back().bestTrain, last->members[best]->scores.mean());
        QCOMPARE(last->curve->back().bestTest, *last->test[best]);
        for (const auto& test : last->test) QVERIFY(test.has_value());
        QVERIFY(session.waitFor(10s));

        // What is stored is what was shown.
        const auto stored = storedSnapshot(what.database, last->run->id, kResources);
        QCOMPARE(stored->phase, Phase::Finished);
        QCOMPARE(stored->archiveHash, last->archiveHash);
        QCOMPARE(stored->fitness, last->fitness);
        QCOMPARE(stored->test, last->test);
        QCOMPARE(stored->accepted, last->accepted);
        QCOMPARE(stored->curve->size(), last->curve->size());
        QCOMPARE(stored->pairings.size(), last->pairings.size());
        QCOMPARE(stored->run->layout, last->run->layout);
        QVERIFY(stored->run->configuration == last->run->configuration);
        for (std::size_t slot = 0; slot < last->members.size(); ++slot) {
            QCOMPARE(stored->members[slot]->id.value, last->members[slot]->id.value);
            QVERIFY(std::ranges::equal(stored->members[slot]->scores.values(), last->members[slot]->scores.values()));
        }
        QVERIFY(stored->run->samples->hasPictures());
    }

    void stepsOneByOneWhilePaused() {
        Session session(request(50, /*paused=*/true), nullptr);
        const auto start = await(session, inPhase(Phase::Paused));
        QVERIFY(start);
        QCOMPARE(start->evaluations, 0u);
        for (std::uint64_t step = 1; step <= 5; ++step) {
            session.step();
            const auto next =
                await(session, [&](const auto& s) { return s.phase == Phase::Paused && s.evaluations == step; });
            QVERIFY(next);
        }
        // Steps asked for faster than they are made are all made, and no more.
        for (int more = 0; more < 7; ++more) session.step();
        QVERIFY(await(session, [](const auto& s) { return s.phase == Phase::Paused && s.evaluations == 12; }));
        session.resume();
        QVERIFY(await(session, inPhase(Phase::Finished)));
    }

    void pausedStoppedAndResumedEndsAsUninterrupted() {
        const auto expected = hashOfWholeRun(400);
        auto what = request(400);
        RunId run;
        {
            Session session(what, nullptr);
            QVERIFY(await(session, [](const auto& s) { return s.evaluations > 20; }));
            session.pause();
            const auto paused = await(session, inPhase(Phase::Paused));
            QVERIFY(paused);
            run = paused->run->id;
            QCOMPARE(RunCatalog(what.database).snapshot(run).evaluations, paused->evaluations);
            session.resume();
            QVERIFY(await(session, [&](const auto& s) { return s.evaluations > paused->evaluations + 20; }));
            session.stop();
            const auto stopped = await(session, inPhase(Phase::Stopped));
            QVERIFY(stopped);
            QVERIFY(stopped->evaluations < 400);
        }
        QCOMPARE(RunCatalog(what.database).runs().front().phase, Phase::Stopped);
        what.run = ResumedRun{run};
        Session session(what, nullptr);
        const auto last = await(session, inPhase(Phase::Finished));
        QVERIFY(last);
        QCOMPARE(last->archiveHash, expected);
        QCOMPARE(last->curve->back().step, 400u);
        QVERIFY(std::ranges::is_sorted(*last->curve, {}, &ProgressPoint::step));
    }

    void destroyingStopsAndStores() {
        const auto expected = hashOfWholeRun(300);
        auto what = request(300);
        for (bool first = true;; first = false) {
            Session session(what, nullptr);
            const auto seen = await(session, [&](const auto& s) { return s.run && s.evaluations > 0; });
            QVERIFY(seen);
            what.run = ResumedRun{seen->run->id};
            if (!first) {
                const auto last = seen->phase == Phase::Finished ? seen : await(session, inPhase(Phase::Finished));
                QVERIFY(last);
                QCOMPARE(last->archiveHash, expected);
                break;
            }
        }
    }

    void wakesOnceUntilTaken() {
        std::atomic<int> wakes = 0;
        Session session(request(200), [&] { ++wakes; });
        QVERIFY(session.waitFor(60s));
        QCOMPARE(wakes.load(), 1);
        // Nobody looked, so only the first and the last state were made; the last one is there.
        const auto last = session.take();
        QVERIFY(last);
        QCOMPARE(last->phase, Phase::Finished);
        QVERIFY(!session.take());
    }

    void wishesFromManyThreads() {
        Session session(request(300), nullptr);
        {
            std::vector<std::jthread> people;
            for (int person = 0; person < 3; ++person)
                people.emplace_back([&] {
                    for (int wish = 0; wish < 50; ++wish) {
                        session.pause();
                        session.step();
                        (void)session.take();
                        session.resume();
                    }
                });
        }
        session.resume();
        QVERIFY(session.waitFor(60s));
        QCOMPARE(session.take()->phase, Phase::Finished);
    }

    void badInputFailsWithASentence() {
        auto what = request(10);
        what.database = folder_.filePath("no/such/folder/runs.db").toStdString();
        Session session(what, nullptr);
        const auto last = await(session, inPhase(Phase::Failed));
        QVERIFY(last);
        QVERIFY(!last->run);
        QVERIFY(QString::fromStdString(last->message).contains("runs.db"));

        auto missing = request(10);
        missing.run = ResumedRun{{7}};
        Session none(missing, nullptr);
        QVERIFY(await(none, inPhase(Phase::Failed)));

        auto impossible = request(10);
        std::get<NewRun>(impossible.run).configuration.strategy = M2n2Settings{.archive = 0};
        Session refused(impossible, nullptr);
        const auto why = await(refused, inPhase(Phase::Failed));
        QVERIFY(why);
        QVERIFY(QString::fromStdString(why->message).contains("strategy.archive"));
    }

    void aRunIsHeldByOneSessionOnly() {
        auto what = request(100'000, /*paused=*/true);
        Session session(what, nullptr);
        const auto paused = await(session, inPhase(Phase::Paused));
        QVERIFY(paused);
        what.run = ResumedRun{paused->run->id};
        Session second(what, nullptr);
        const auto refused = await(second, inPhase(Phase::Failed));
        QVERIFY(refused);
        QVERIFY(QString::fromStdString(refused->message).contains("going on"));
    }

    void finishedRunIsNotGoneOnWith() {
        auto what = request(20);
        Session session(what, nullptr);
        const auto last = await(session, inPhase(Phase::Finished));
        QVERIFY(last && session.waitFor(10s));
        what.run = ResumedRun{last->run->id};
        Session again(what, nullptr);
        QVERIFY(await(again, inPhase(Phase::Failed)));
        // The refusal left the stored run as it was.
        QCOMPARE(RunCatalog(what.database).runs().front().phase, Phase::Finished);
    }

    void vanishedDatabaseFailsTheRunAndNothingElse() {
        const auto what = request(1'000'000'000);
        Session session(what, nullptr);
        QVERIFY(await(session, [](const auto& s) { return s.evaluations > 0; }));
        std::filesystem::remove(what.database);
        const auto last = await(session, inPhase(Phase::Failed));
        QVERIFY(last);
        QVERIFY(QString::fromStdString(last->message).contains("vanished"));
        QVERIFY(!last->members.empty());
    }

    void rateIsThatOfTheLastSeconds() {
        RateMeter meter;
        const RateMeter::Clock::time_point start{};
        meter.restart(start, 1000);
        QCOMPARE(meter.read(start, 1000), 0.0);
        for (int tenth = 1; tenth <= 100; ++tenth) {
            // 100 a second for five seconds, then 10 a second.
            const auto count =
                1000u + (tenth <= 50 ? 10u * static_cast<unsigned>(tenth) : 500u + static_cast<unsigned>(tenth - 50));
            const double rate = meter.read(start + tenth * 100ms, count);
            if (tenth == 40) QVERIFY(std::abs(rate - 100.0) < 1e-9);
            if (tenth == 100) QVERIFY(std::abs(rate - 10.0) < 1e-9);
        }
    }
};

MERGARIUM_SUITE(SessionTest)
#include "session_test.moc"
