#include "core/database/database_watch.h"
#include "core/session/followed_run.h"
#include "core/session/stored_session.h"
#include "tests/support/other_process.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>

using namespace mergarium;

// What it takes to show a run that others compute.
class FollowingTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    const std::atomic<bool> never_ = false;

    std::filesystem::path path(const char* name) const { return folder_.filePath(name).toStdString(); }
    static std::unique_ptr<RunLoop> begin(const std::filesystem::path& database) {
        return RunLoop::begin(test::shortRun(60), {.database = database, .resources = test::kResources, .threads = 1});
    }
    void storeAfter(RunLoop& loop, int steps) {
        for (int step = 0; step < steps; ++step) (void)loop.step(never_);
        loop.store(Phase::Running);
    }

private Q_SLOTS:
    void aWatchSeesWhatAnybodyStores() {
        const auto database = path("watched.db");
        DatabaseWatch watch(database);
        QVERIFY(!watch.look());
        const auto loop = begin(database);
        QVERIFY(watch.look());
        QVERIFY(!watch.look());
        storeAfter(*loop, 3);
        QVERIFY(watch.look());
        (void)RunCatalog(database).runs();
        QVERIFY(!watch.look());
    }

    void aWatchSeesThatTheFileIsAnotherOne() {
        const auto database = path("replaced.db"), other = path("other.db");
        test::runToItsEnd(test::shortRun(5), database);
        test::runToItsEnd(test::shortRun(5), other);
        DatabaseWatch watch(database);
        QVERIFY(watch.look());
        std::filesystem::rename(other, database);
        QVERIFY(watch.look());
        QVERIFY(!watch.look());
    }

    void aWatchLeavesWhatIsNoRunDatabaseOfThisFormatAlone() {
        const auto old = path("old.db");
        std::filesystem::copy_file(MERGARIUM_TEST_DATA "/store/version3.db", old);
        DatabaseWatch watch(old);
        QVERIFY(!watch.look());
        // It stands in nobody's way who brings it to this format.
        QVERIFY(!RunCatalog(old).runs().empty());
        QVERIFY(watch.look());

        const auto text = path("text.db");
        std::ofstream(text) << std::string(4096, 'x');
        QVERIFY(!DatabaseWatch(text).look());
        QVERIFY(!DatabaseWatch(folder_.path().toStdString()).look());
    }

    void whoComputesIsTold() {
        const auto database = path("told.db");
        const auto loop = begin(database);
        const auto told = [&] { return RunCatalog(database).runs().front(); };
        QCOMPARE(told().phase, Phase::Running);
        QVERIFY(!told().isElsewhere);
        QVERIFY(!told().owner.empty());

        test::giveAway(database);
        QCOMPARE(told().phase, Phase::Running);
        QVERIFY(told().isElsewhere);
        QVERIFY(RunCatalog(database).snapshot({1}).isElsewhere);

        test::giveAway(database, "4194304 1 1");
        QCOMPARE(told().phase, Phase::Interrupted);
        QVERIFY(!told().isElsewhere);
        QVERIFY(told().owner.empty());
    }

    void aFollowedRunIsWhatItsLoopShows() {
        const auto database = path("followed.db");
        const auto loop = begin(database);
        storeAfter(*loop, 10);
        test::giveAway(database);
        FollowedRun followed(database, storedSnapshot(database, {1}, test::kResources));
        QVERIFY(!followed.look());

        storeAfter(*loop, 20);
        test::giveAway(database);
        const auto first = followed.look();
        QVERIFY(first);
        QVERIFY(!followed.look());
        storeAfter(*loop, 5);
        test::giveAway(database);
        const auto second = followed.look();
        const auto live = loop->snapshot(Phase::Running);
        QCOMPARE(second->evaluations, 35u);
        QCOMPARE(second->fitness, live.fitness);
        QCOMPARE(second->curve->size(), live.curve->size());
        QCOMPARE(second->pairings.size(), live.pairings.size());
        QVERIFY(second->isElsewhere);
        QVERIFY(second->evaluationsPerSecond > 0.0);
        // Also those born since the last checkpoint can be painted.
        for (std::size_t slot = 0; slot < live.members.size(); ++slot) {
            QCOMPARE(second->members[slot] != nullptr, live.members[slot] != nullptr);
            if (!live.members[slot]) continue;
            QCOMPARE(second->members[slot]->id, live.members[slot]->id);
            QVERIFY(second->members[slot]->genome);
        }

        // Views draw again what is another object.
        QCOMPARE(second->run.get(), first->run.get());
        int kept = 0;
        for (std::size_t slot = 0; slot < live.members.size(); ++slot)
            if (first->members[slot] && first->members[slot]->id == second->members[slot]->id) {
                QCOMPARE(second->members[slot].get(), first->members[slot].get());
                ++kept;
            }
        QVERIFY(kept > 0);

        const auto end = test::finish(*loop);
        const auto last = followed.look();
        QCOMPARE(last->phase, Phase::Finished);
        QCOMPARE(last->archiveHash, end.archiveHash);
        QVERIFY(!last->isElsewhere);
        QCOMPARE(last->evaluationsPerSecond, 0.0);
    }

    void aFollowedRunThatIsDeletedIsOneSentence() {
        const auto database = path("deleted.db");
        test::runToItsEnd(test::shortRun(5), database);
        FollowedRun followed(database, storedSnapshot(database, {1}, test::kResources));
        deleteRun(database, {1});
        QVERIFY_EXCEPTION_THROWN(followed.look(), StoreError);
    }
};

MERGARIUM_SUITE(FollowingTest)
#include "following_test.moc"
