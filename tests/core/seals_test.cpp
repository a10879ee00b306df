#include "core/database/seals.h"
#include "core/store/run_catalog.h"
#include "tests/support/stopped_run.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>

using namespace mergarium;
using test::exec;
using test::finish;
using test::kEvaluations;
using test::kResources;
using test::shortRun;
namespace fs = std::filesystem;

// What isn't as it was stored is found, and gone back from.
class SealsTest : public QObject, private test::StoppedRun {
    Q_OBJECT

    std::string finalHash_;

private Q_SLOTS:
    void initTestCase() {
        make();
        finalHash_ = test::runToItsEnd(shortRun(kEvaluations), path("whole.db")).archiveHash;
    }

    void aDamagedRunGoesBackAndEndsAsIfNothingHadHappened_data() {
        QTest::addColumn<QString>("change");
        QTest::addColumn<int>("from");
        QTest::newRow("a late birth") << "UPDATE births SET train = 0.5 WHERE step = 40" << 40;
        QTest::newRow("an early birth") << "UPDATE births SET train = 0.5 WHERE step = 5" << 5;
        QTest::newRow("a birth in between") << "UPDATE births SET seconds = seconds + 1 WHERE step = 25" << 25;
        QTest::newRow("births are gone") << "DELETE FROM births WHERE step > 31" << 32;
        QTest::newRow("births and their seals are gone")
            << "DELETE FROM births WHERE step > 31; DELETE FROM birth_seals WHERE step > 31" << 32;
        QTest::newRow("the checkpoint") << "UPDATE checkpoints SET genome = zeroblob(length(genome))" << 46;
        QTest::newRow("the standing") << "UPDATE runs SET accepted = 3" << 46;
        QTest::newRow("evaluations") << "UPDATE runs SET evaluations = 12" << 46;
        QTest::newRow("the curve") << "UPDATE progress SET best_train = 1" << 46;
        QTest::newRow("a seal") << "UPDATE birth_seals SET digest = '' WHERE step = 45" << 45;
    }
    void aDamagedRunGoesBackAndEndsAsIfNothingHadHappened() {
        QFETCH(QString, change);
        QFETCH(int, from);
        const auto copy = copyOfGood();
        exec(copy, change.toStdString());
        const auto found = RunCatalog(copy).inspect({1});
        QVERIFY(!found.isWhole() && found.canGoBack());
        // There is a seal at steps 0, 21, 31 and 45, and wherever a second was over.
        const auto wholeUntil = static_cast<std::uint64_t>(
            SQLite::Database(good_.string())
                .execAndGet(fmt::format("SELECT max(step) FROM birth_seals WHERE step < {}", from))
                .getInt64());
        QCOMPARE(found.wholeUntil, wholeUntil);
        QVERIFY_EXCEPTION_THROWN(RunLoop::goOn({1}, place(copy)), RunDamaged);
        const auto loop = RunLoop::goOn({1}, place(copy), nullptr, {.damaged = IfDamaged::GoBack});
        QCOMPARE(loop->snapshot(Phase::Running).evaluations, wholeUntil);
        QCOMPARE(test::finish(*loop).archiveHash, finalHash_);
        QVERIFY(RunCatalog(copy).inspect({1}).isWhole());
    }

    void aSealGoesOnFromTheOneBefore() {
        const auto copy = copyOfGood();
        exec(copy, "UPDATE births SET train = 0.5 WHERE step = 21");
        {
            SQLite::Database connection(copy.string(), SQLite::OPEN_READWRITE);
            Seals(connection, {1}).sealBirths(21, RunCatalog(good_).inspect({1}).counters);
        }
        // What was changed has been sealed again, and what came after it doesn't follow from it.
        const auto found = RunCatalog(copy).inspect({1});
        QVERIFY(found.birthsBroken);
        QCOMPARE(found.wholeUntil, 21u);
    }

    void theDescriptionOfARunCantBeGoneBackFrom() {
        const auto copy = copyOfGood();
        exec(copy, "UPDATE runs SET configuration = replace(configuration, 'seed: 42', 'seed: 43')");
        QVERIFY(!RunCatalog(copy).inspect({1}).canGoBack());
        QVERIFY_EXCEPTION_THROWN(RunLoop::goOn({1}, place(copy), nullptr, {.damaged = IfDamaged::GoBack}), RunDamaged);
    }

    // What was changed behind the step that it goes back to has never been.
    void aRunGoesBackBehindItsChanges() {
        const std::atomic<bool> never = false;
        const auto configuration = shortRun(60);
        const auto expected = finish(*RunLoop::begin(configuration, place(path("untouched.db")))).archiveHash;
        const auto database = path("changed.db");
        {
            const auto loop = RunLoop::begin(configuration, place(database));
            for (int step = 0; step < 20; ++step) {
                loop->step(never);
                if (step == 9) loop->store(Phase::Paused);
            }
            loop->store(Phase::Stopped);
        }
        {
            const auto loop = RunLoop::goOn({1}, place(database), nullptr,
                                            {.changes = {{"strategy.archive", "4"}, {"strategy.alpha", "0.5"}}});
            for (int step = 0; step < 10; ++step) loop->step(never);
            const auto now = loop->snapshot(Phase::Paused);
            loop->breedByHand({now.members[0]->id, now.members[1]->id, {.splits = {}, .ratio = 0.4}}, never);
            loop->admitByHand();
            loop->store(Phase::Stopped);
        }
        QVERIFY(RunCatalog(database).inspect({1}).isWhole());
        exec(database, "UPDATE births SET fitness = fitness + 1 WHERE step = 15");
        QCOMPARE(RunCatalog(database).inspect({1}).wholeUntil, std::uint64_t{10});
        const auto loop = RunLoop::goOn({1}, place(database), nullptr, {.damaged = IfDamaged::GoBack});
        QCOMPARE(loop->snapshot(Phase::Paused).run->configuration.strategy, configuration.strategy);
        QCOMPARE(finish(*loop).archiveHash, expected);
        const auto births = RunCatalog(database).births({1});
        QVERIFY(std::ranges::all_of(births, [](const Pairing& one) { return one.origin == BirthOrigin::Search; }));
    }

    void eventsThatDecideAreSealed() {
        const std::atomic<bool> never = false;
        const auto database = copyOfGood();
        {
            const auto loop = RunLoop::goOn({1}, place(database), nullptr, {.changes = {{"strategy.archive", "4"}}});
            loop->step(never);
            loop->store(Phase::Stopped);
        }
        QVERIFY(RunCatalog(database).inspect({1}).isWhole());
        exec(database, "UPDATE events SET step = step - 1 WHERE kind = 'changed'");
        const auto found = RunCatalog(database).inspect({1});
        QVERIFY(found.broken.contains(SealedPart::Events) && !found.canGoBack());
    }
};

MERGARIUM_SUITE(SealsTest)
#include "seals_test.moc"
