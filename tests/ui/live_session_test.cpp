#include "ui/session/live_session.h"
#include "core/store/run_catalog.h"
#include "tests/support/example_snapshot.h"
#include "tests/support/patience.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "ui/session/run_text.h"
#include "ui/session/workbench.h"
#include "ui/transport/transport_bar.h"

#include <QLabel>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;
using namespace mergarium::test;
using test::kResources;
using test::shortRun;

namespace {

SnapshotPtr inPhase(Phase phase) {
    SessionSnapshot snapshot;
    snapshot.phase = phase;
    snapshot.run = std::make_shared<const RunDescription>();
    return std::make_shared<const SessionSnapshot>(std::move(snapshot));
}

/// "pause stop": what the transport offers.
QString offers(const TransportState& state) {
    QStringList words;
    if (state.canPause) words << "pause";
    if (state.canResume) words << "resume";
    if (state.canStep) words << "step";
    if (state.canStop) words << "stop";
    return words.join(' ');
}

}  // namespace

// Worker and window at work in every one of these: to be run under the thread sanitizer too.
class LiveSessionTest : public QObject {
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
    static Phase phaseOf(const LiveSession& live) { return live.latest() ? live.latest()->phase : Phase::Preparing; }
    static std::uint64_t evaluationsOf(const LiveSession& live) {
        return live.latest() ? live.latest()->evaluations : 0;
    }

private Q_SLOTS:
    void snapshotsAreRareHoweverFastTheRunSteps() {
        QElapsedTimer clock;
        clock.start();
        LiveSession live(request(2000));
        const QSignalSpy changes(&live, &LiveSession::snapshotChanged);
        QTRY_VERIFY_WITH_TIMEOUT(live.isOver(), kPatience);
        // Between any two there is a rest; 10 % are left to the clock's granularity.
        const auto rest = LiveSession::kInterval.count() * 9 / 10;
        QVERIFY2((changes.count() - 1) * rest <= clock.elapsed(),
                 qPrintable(QString("%1 snapshots in %2 ms").arg(changes.count()).arg(clock.elapsed())));
        QVERIFY(changes.count() >= 2);
    }

    void theLastStateArrivesAndTheEndIsToldOnce() {
        LiveSession live(request(150));
        QStringList told;
        connect(&live, &LiveSession::snapshotChanged, this, [&] { told << "changed"; });
        connect(&live, &LiveSession::ended, this, [&](const SnapshotPtr& last) {
            QCOMPARE(last, live.latest());
            told << "ended";
        });
        QTRY_VERIFY_WITH_TIMEOUT(live.isOver(), kPatience);
        QCOMPARE(phaseOf(live), Phase::Finished);
        QCOMPARE(evaluationsOf(live), 150u);
        QCOMPARE(live.latest()->archiveHash.size(), 64u);
        QCOMPARE(told.count("ended"), 1);
        QCOMPARE(told.last(), QString("ended"));
    }

    void stateNeverGoesBack() {
        LiveSession live(request(1000));
        std::uint64_t before = 0;
        bool ascending = true;
        connect(&live, &LiveSession::snapshotChanged, this, [&](const SnapshotPtr& snapshot) {
            ascending = ascending && snapshot->evaluations >= before;
            before = snapshot->evaluations;
        });
        QTRY_VERIFY_WITH_TIMEOUT(live.isOver(), kPatience);
        QVERIFY(ascending);
    }

    void aStepIsOneEvaluation() {
        LiveSession live(request(1000, /*paused=*/true));
        QTRY_COMPARE_WITH_TIMEOUT(phaseOf(live), Phase::Paused, kPatience);
        QCOMPARE(evaluationsOf(live), 0u);
        for (std::uint64_t step = 1; step <= 3; ++step) {
            live.step();
            QTRY_VERIFY_WITH_TIMEOUT(evaluationsOf(live) == step && phaseOf(live) == Phase::Paused, kPatience);
        }
    }

    void aPausedRunGoesOnWhereItWas() {
        LiveSession live(request(1000, /*paused=*/true));
        QTRY_COMPARE_WITH_TIMEOUT(phaseOf(live), Phase::Paused, kPatience);
        live.resume();
        QTRY_VERIFY_WITH_TIMEOUT(evaluationsOf(live) > 0, kPatience);
        live.pause();
        QTRY_VERIFY_WITH_TIMEOUT(phaseOf(live) == Phase::Paused || live.isOver(), kPatience);
        live.resume();
        QTRY_COMPARE_WITH_TIMEOUT(phaseOf(live), Phase::Finished, kPatience);
        QCOMPARE(evaluationsOf(live), 1000u);
    }

    void destroyingItStopsTheRunAndKeepsWhatWasDone() {
        const auto what = request(1'000'000);
        int changes = 0;
        std::uint64_t seen = 0;
        {
            LiveSession live(what);
            connect(&live, &LiveSession::snapshotChanged, this, [&](const SnapshotPtr& snapshot) {
                ++changes;
                seen = snapshot->evaluations;
            });
            QTRY_VERIFY_WITH_TIMEOUT(seen > 0, kPatience);
        }
        const int before = changes;
        QCoreApplication::processEvents();
        QCOMPARE(changes, before);
        const auto runs = RunCatalog(what.database).runs();
        QCOMPARE(runs.size(), 1u);
        QCOMPARE(runs.front().phase, Phase::Stopped);
        QVERIFY(runs.front().evaluations >= seen);
    }

    void itCanBeDestroyedBeforeTheRunIsPrepared() {
        const auto what = request(1'000'000);
        int changes = 0;
        {
            LiveSession live(what);
            connect(&live, &LiveSession::snapshotChanged, this, [&] { ++changes; });
        }
        QCoreApplication::processEvents();
        QCOMPARE(changes, 0);
        // Stopped before it was stored at all, or soon after.
        if (!std::filesystem::exists(what.database)) return;
        for (const auto& run : RunCatalog(what.database).runs()) {
            QCOMPARE(run.phase, Phase::Stopped);
            QVERIFY(run.evaluations < run.budget);
        }
    }

    void failureIsAStateWithASentence() {
        auto what = request(100);
        what.database = folder_.filePath("missing/runs.db").toStdString();
        LiveSession live(what);
        const QSignalSpy ended(&live, &LiveSession::ended);
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kPatience);
        QCOMPARE(phaseOf(live), Phase::Failed);
        QVERIFY(QString::fromStdString(live.latest()->message).contains("runs.db"));
    }

    void aNewRunStopsTheOneThatComputes() {
        const auto database = newDatabase();
        Workbench bench({.database = database, .resources = kResources, .threads = 1});
        const QSignalSpy ended(&bench, &Workbench::ended);
        bench.start(shortRun(1'000'000, "first"));
        QTRY_VERIFY_WITH_TIMEOUT(bench.shown() && bench.shown()->evaluations > 0, kPatience);
        bench.start(shortRun(120, "second"));
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 2, kPatience);
        QCOMPARE(ended[0][0].value<SnapshotPtr>()->phase, Phase::Stopped);
        QCOMPARE(bench.shown()->phase, Phase::Finished);
        QCOMPARE(bench.shown()->run->configuration.name, std::string("second"));
        QVERIFY(!bench.isComputing());
        QCOMPARE(RunCatalog(database).runs().size(), 2u);
    }

    void aStoredRunIsShownWhileAnotherComputes() {
        const auto database = newDatabase();
        Workbench bench({.database = database, .resources = kResources, .threads = 1});
        bench.start(shortRun(100, "first"));
        QTRY_VERIFY_WITH_TIMEOUT(bench.shown() && bench.shown()->phase == Phase::Finished, kPatience);
        const auto first = bench.shown()->run->id;
        bench.start(shortRun(1'000'000, "second"));
        QTRY_VERIFY_WITH_TIMEOUT(bench.live() && bench.live()->evaluations > 0, kPatience);
        const auto second = bench.live()->run->id;

        bench.open(first);
        QTRY_COMPARE_WITH_TIMEOUT(bench.shown()->run->id, first, kPatience);
        // The computing run goes on and does not push itself to the front.
        const auto then = bench.live()->evaluations;
        QTRY_VERIFY_WITH_TIMEOUT(bench.live()->evaluations > then, kPatience);
        QCOMPARE(bench.shown()->run->id, first);

        bench.open(second);
        QCOMPARE(bench.shown()->run->id, second);
        QTRY_VERIFY_WITH_TIMEOUT(bench.shown()->evaluations > then, kPatience);
    }

    void theLastOfSeveralRunsAskedForIsShown() {
        const auto database = newDatabase();
        Workbench bench({.database = database, .resources = kResources, .threads = 1});
        const QSignalSpy ended(&bench, &Workbench::ended);
        for (int run = 0; run < 3; ++run) {
            bench.start(shortRun(20));
            QTRY_COMPARE_WITH_TIMEOUT(ended.count(), run + 1, kPatience);
        }
        const auto runs = RunCatalog(database).runs();
        const QSignalSpy shown(&bench, &Workbench::shownChanged);
        bench.open(runs[1].id);
        bench.open(runs[2].id);
        bench.open(runs[1].id);
        bench.open(runs[2].id);
        QTRY_COMPARE_WITH_TIMEOUT(bench.shown()->run->id, runs[2].id, kPatience);
        QCOMPARE(shown.count(), 1);
    }

    void transportOffersWhatThePhaseAllows() {
        QCOMPARE(offers(transportState(true, nullptr, nullptr)), QString("pause stop"));
        QCOMPARE(offers(transportState(true, inPhase(Phase::Preparing), nullptr)), QString("pause stop"));
        QCOMPARE(offers(transportState(true, inPhase(Phase::Running), nullptr)), QString("pause stop"));
        QCOMPARE(offers(transportState(true, inPhase(Phase::Paused), nullptr)), QString("resume step stop"));
        // A run that ends is not asked for anything any more.
        QCOMPARE(offers(transportState(true, inPhase(Phase::Stopped), nullptr)), QString());
        QCOMPARE(offers(transportState(false, nullptr, nullptr)), QString());
        QCOMPARE(offers(transportState(false, nullptr, inPhase(Phase::Finished))), QString());
        for (const auto phase : {Phase::Stopped, Phase::Interrupted})
            QCOMPARE(offers(transportState(false, nullptr, inPhase(phase))), QString("resume"));
        // What computes goes before what is merely looked at.
        QCOMPARE(offers(transportState(true, inPhase(Phase::Running), inPhase(Phase::Stopped))), QString("pause stop"));
    }

    void aRunThatIsNotShownIsNamed() {
        TransportBar bar;
        const auto said = [&] { return bar.findChild<QLabel*>("progressText")->text(); };
        const auto one = exampleSnapshot({.run = 1}), six = exampleSnapshot({.run = 6});
        bar.setState(true, six, six);
        QVERIFY2(said().startsWith("4,213 of 10,000"), qPrintable(said()));
        bar.setState(true, six, one);
        QVERIFY2(said().startsWith("Run 6, example:   4,213 of 10,000"), qPrintable(said()));
        bar.setState(false, nullptr, one);
        QVERIFY(said().startsWith("4,213 of 10,000"));
        // What is being prepared has no number yet.
        bar.setState(true, nullptr, one, "digits");
        QCOMPARE(said(), QString("Preparing digits \u2026"));
        bar.setState(true, std::make_shared<const SessionSnapshot>(), one, "digits");
        QCOMPARE(said(), QString("Preparing digits \u2026"));
    }

    void whatWasShownBeforeIsNotLive() {
        Workbench bench({.database = newDatabase(), .resources = kResources, .threads = 1});
        const QSignalSpy ended(&bench, &Workbench::ended);
        bench.start(shortRun(20));
        QVERIFY(!bench.showsLive());
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kPatience);
        auto second = shortRun(1'000'000);
        second.name = "the second";
        bench.start(second);
        // Prepared, but not shown yet.
        QVERIFY(bench.isComputing() && !bench.showsLive() && !bench.showsGoing());
        QCOMPARE(bench.begunName(), std::string("the second"));
        QTRY_VERIFY_WITH_TIMEOUT(bench.showsLive(), kPatience);
        QCOMPARE(bench.shown()->run->configuration.name, std::string("the second"));
    }

    void numbersInWords() {
        QCOMPARE(countText(4213), QString("4,213"));
        QCOMPARE(evaluationsText(4213, 10'000), QString("4,213 of 10,000"));
        QCOMPARE(percentText(0.6842), QString("68.4 %"));
        QCOMPARE(percentText(1.0), QString("100.0 %"));
        QCOMPARE(durationText(-1.0), QString("0 s"));
        QCOMPARE(durationText(5.2), QString("6 s"));
        QCOMPARE(durationText(59.5), QString("1 min 0 s"));
        QCOMPARE(durationText(200.0), QString("3 min 20 s"));
        QCOMPARE(durationText(7500.0), QString("2 h 5 min"));
        QCOMPARE(durationText(3 * 86'400.0 + 4 * 3600.0), QString("3 d 4 h"));
        QCOMPARE(bytesText(1'536'800.0), QString("1.5 MB"));
        for (const auto phase : {Phase::Preparing, Phase::Running, Phase::Paused, Phase::Finished, Phase::Stopped,
                                 Phase::Interrupted, Phase::Failed})
            QVERIFY(!phaseText(phase).isEmpty());
    }
};

MERGARIUM_SUITE(LiveSessionTest)
#include "live_session_test.moc"
