#include "core/history/history.h"
#include "core/import/import_runs.h"
#include "core/store/run_catalog.h"
#include "core/store/run_reader.h"
#include "tests/support/painted_run.h"
#include "tests/support/stopped_run.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;
using test::exec;
using test::PaintedRun;
namespace fs = std::filesystem;

namespace {

int count(const fs::path& database, const std::string& what) {
    return SQLite::Database(database.string()).execAndGet("SELECT count(*) FROM " + what).getInt();
}

}  // namespace

// Thumbnails of what members painted, in the database.
class StoredPicturesTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int files_ = 0;

    fs::path newPath() { return folder_.filePath(QString("%1.db").arg(++files_)).toStdString(); }

    /// Three children: the third replaces the first.
    fs::path painted() {
        const auto database = newPath();
        PaintedRun run(database);
        run.bear(2, 0);
        run.bear(1, 2);
        run.bear(2, 3);
        run.flush();
        return database;
    }

    static void isWhatItPainted(const Member& member, std::size_t bytes = 40) {
        QVERIFY2(member.pictures, std::to_string(member.id.value).c_str());
        QTemporaryDir aside;
        const PaintedRun like(fs::path(aside.filePath("like.db").toStdString()), bytes);
        QVERIFY(*member.pictures == *like.memberOf(member.id.value).pictures);
    }

private Q_SLOTS:
    void membersAreReadBackWithWhatTheyPainted() {
        const auto database = painted();
        const auto snapshot = RunCatalog(database).snapshot({1});
        QCOMPARE(snapshot.members.size(), std::size_t{3});
        for (const auto& member : snapshot.members) isWhatItPainted(*member);
        QCOMPARE(snapshot.members[2]->id, MemberId{5});
        QVERIFY(RunCatalog(database).inspect({1}).isWhole());
    }

    // Both the child that was replaced and the founder.
    void whoHasLeftIsSeenInALookBack() {
        const auto database = painted();
        History history(database, std::make_shared<const SessionSnapshot>(RunCatalog(database).snapshot({1})));
        const auto first = history.at(1);
        QCOMPARE(first->members[2]->id, MemberId{3});
        for (const auto& member : first->members) isWhatItPainted(*member);
    }

    void picturesThatAreKnownAreNotReadAgain() {
        const auto database = painted();
        const RunCatalog catalog(database);
        const auto known = catalog.snapshot({1});
        exec(database, "DELETE FROM pictures WHERE member = 5");
        QVERIFY(!catalog.snapshot({1}).members[2]->pictures);
        const auto again = catalog.snapshot({1}, known.members);
        QVERIFY(again.members[2]->pictures == known.members[2]->pictures);
    }

    // In the same transaction as the births.
    void whatWasNotFlushedLeavesNothing() {
        const auto database = newPath();
        {
            PaintedRun run(database);
            run.bear(2, 0);
            run.flush();
            run.bear(2, 3);
            run.recorder().discard();
        }
        QCOMPARE(count(database, "births"), 1);
        QCOMPARE(count(database, "pictures WHERE member = 3"), 3);
        QCOMPARE(count(database, "pictures WHERE member > 3"), 0);
        QCOMPARE(count(database, "painters WHERE gone IS NOT NULL"), 0);
    }

    // The members of the archive and the founders whatever they take; of others the latest to leave.
    void picturesOfThoseThatLeftAreBounded() {
        const auto database = newPath();
        PaintedRun run(database);
        run.bear(2, 0);
        for (std::uint64_t left = 3; left < 7; ++left) run.bear(2, left);
        run.bear(1, 2);
        run.flush();
        QCOMPARE(count(database, "painters WHERE gone IS NOT NULL"), 4);
        // As if each took a third of what may be kept, those that stay too.
        exec(database, "UPDATE painters SET bytes = " + std::to_string(kDepartedBytes / 3));
        run.bear(2, 7);
        run.flush();
        QCOMPARE(count(database, "painters WHERE gone IS NOT NULL"), 3);
        QCOMPARE(count(database, "painters WHERE member IN (3, 4)"), 0);
        QCOMPARE(count(database, "pictures WHERE member IN (3, 4)"), 0);
        QCOMPARE(count(database, "pictures WHERE member IN (1, 2, 5, 6, 7, 8, 9)"), 21);
        for (const auto& member : RunCatalog(database).snapshot({1}).members) isWhatItPainted(*member);
    }

    void aDeletedRunTakesThemAlong() {
        const auto database = painted();
        QVERIFY(count(database, "pictures") > 0 && count(database, "painters") > 0);
        deleteRun(database, {1});
        QCOMPARE(count(database, "pictures"), 0);
        QCOMPARE(count(database, "painters"), 0);
    }

    void anImportedRunHasThem() {
        const auto there = painted(), here = newPath();
        test::runToItsEnd(test::shortRun(5, "mine"), here);
        const auto imported = importRuns(here, there, std::vector<RunId>{{1}});
        QVERIFY2(imported.refused.empty(), imported.refused.empty() ? "" : imported.refused.front().c_str());
        for (const auto& member : RunCatalog(here).snapshot({2}).members) isWhatItPainted(*member);
        QCOMPARE(count(here, "pictures WHERE run = 2"), 15);
        QCOMPARE(count(here, "painters WHERE run = 2 AND gone IS NOT NULL"), 1);
    }

    void whatCannotBeTrueIsRefused_data() {
        QTest::addColumn<QString>("change");
        QTest::addColumn<QString>("words");
        QTest::newRow("sample") << "UPDATE pictures SET sample = 4 WHERE sample = 3"
                                << "sample is 4";
        QTest::newRow("size") << "UPDATE pictures SET width = 17 WHERE sample = 3"
                              << "no picture of the size";
        QTest::newRow("wide") << "UPDATE pictures SET width = 257 WHERE sample = 3"
                              << "width is 257";
        QTest::newRow("flat") << "UPDATE pictures SET height = 0 WHERE sample = 3"
                              << "height is 0";
        QTest::newRow("longer") << "UPDATE pictures SET picture = zeroblob(16385) WHERE sample = 3"
                                << "longer than a thumbnail may be";
        QTest::newRow("another thing") << "UPDATE pictures SET picture = zeroblob(40) WHERE sample = 3"
                                       << "no picture of the size";
        QTest::newRow("text") << "UPDATE pictures SET picture = 'picture' WHERE sample = 3"
                              << "not a list of bytes";
    }
    void whatCannotBeTrueIsRefused() {
        QFETCH(QString, change);
        QFETCH(QString, words);
        const auto database = painted();
        exec(database, change.toStdString());
        try {
            (void)RunCatalog(database).snapshot({1});
            QFAIL("not refused");
        } catch (const std::runtime_error& error) {
            QVERIFY2(QString(error.what()).contains(words), error.what());
        }
    }

    // A run whose last births are damaged goes back: who was born of them is gone, and who left for them is back.
    void goingBackForgetsThoseThatAreGone() {
        const auto database = newPath();
        {
            PaintedRun run(database);
            run.bear(2, 0);
            run.flush();
            run.bear(2, 3);
            run.flush(Phase::Paused);
        }
        exec(database, "UPDATE births SET train = 0.25 WHERE step = 2; UPDATE runs SET owner = ''");
        QVERIFY(!RunCatalog(database).inspect({1}).isWhole());
        { const auto recorder = RunRecorder::takeOver(database, {1}, IfDamaged::GoBack); }
        QCOMPARE(count(database, "pictures WHERE member = 4"), 0);
        QCOMPARE(count(database, "painters WHERE member = 4"), 0);
        QCOMPARE(count(database, "painters WHERE gone IS NOT NULL"), 0);
        isWhatItPainted(*RunCatalog(database).snapshot({1}).members[2]);
    }
};

MERGARIUM_SUITE(StoredPicturesTest)
#include "stored_pictures_test.moc"
