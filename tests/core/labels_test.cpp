#include "core/labels/rename_run.h"
#include "core/labels/run_notes.h"
#include "core/session/session.h"
#include "core/store/run_catalog.h"
#include "tests/support/stopped_run.h"
#include "tests/support/suite.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <chrono>

using namespace mergarium;

/// What a person says of a stored run.
class LabelsTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    static RunSummary summaryOf(const std::filesystem::path& database) { return RunCatalog(database).runs().front(); }

private Q_SLOTS:
    void aRenamedRunIsWholeAndGoesOnAsBefore() {
        const std::filesystem::path database = folder_.filePath("renamed.db").toStdString();
        const auto whole = test::runToItsEnd(test::shortRun(40), folder_.filePath("whole.db").toStdString());
        {
            const std::atomic<bool> never = false;
            const auto loop =
                RunLoop::begin(test::shortRun(40), {.database = database, .resources = test::kResources, .threads = 1});
            for (int step = 0; step < 20; ++step) (void)loop->step(never);
            QVERIFY_EXCEPTION_THROWN(renameRun(database, {1}, "too early"), std::runtime_error);
            loop->store(Phase::Stopped);
        }
        renameRun(database, {1}, "a better name");
        QCOMPARE(summaryOf(database).name, std::string("a better name"));
        const RunCatalog catalog(database);
        QVERIFY(catalog.inspect({1}).isWhole());
        QCOMPARE(catalog.configuration({1}).name, std::string("test"));
        QCOMPARE(catalog.snapshot({1}).run->configuration.name, std::string("a better name"));
        Session resumed({.run = ResumedRun{{1}}, .database = database, .resources = test::kResources, .threads = 1},
                        nullptr);
        QVERIFY(resumed.waitFor(std::chrono::milliseconds(600'000)));
        QCOMPARE(resumed.take()->archiveHash, whole.archiveHash);
        QCOMPARE(summaryOf(database).name, std::string("a better name"));
    }

    void whatCantBeRenamedKeepsItsName() {
        const std::filesystem::path database = folder_.filePath("kept.db").toStdString();
        test::runToItsEnd(test::shortRun(10), database);
        const auto name = summaryOf(database).name;
        QVERIFY_EXCEPTION_THROWN(renameRun(database, {1}, ""), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(renameRun(database, {2}, "nobody"), std::runtime_error);
        // A name must not make whole what isn't.
        SQLite::Database(database.string(), SQLite::OPEN_READWRITE)
            .exec("UPDATE runs SET device = 'abacus' WHERE run = 1");
        QVERIFY_EXCEPTION_THROWN(renameRun(database, {1}, "whole again"), std::runtime_error);
        QCOMPARE(summaryOf(database).name, name);
        QVERIFY(!RunCatalog(database).inspect({1}).isWhole());
    }

    void notesAreWrittenAlsoWhileTheRunGoesOn() {
        const std::filesystem::path database = folder_.filePath("noted.db").toStdString();
        const std::atomic<bool> never = false;
        const auto loop =
            RunLoop::begin(test::shortRun(40), {.database = database, .resources = test::kResources, .threads = 1});
        QCOMPARE(summaryOf(database).notes, std::string());
        setRunNotes(database, {1}, "begun on the old machine\nsecond line");
        for (int step = 0; step < 20; ++step) (void)loop->step(never);
        loop->store(Phase::Stopped);
        QCOMPARE(summaryOf(database).notes, std::string("begun on the old machine\nsecond line"));
        QVERIFY(RunCatalog(database).inspect({1}).isWhole());
        setRunNotes(database, {1}, "");
        QCOMPARE(summaryOf(database).notes, std::string());
        QVERIFY_EXCEPTION_THROWN(setRunNotes(database, {2}, "nobody"), StoreError);
    }

    void notesHaveABound() {
        const auto database = test::stoppedRun(folder_.filePath("long.db").toStdString());
        const std::string most(RunSummary::kMostNotes, 'x');
        setRunNotes(database, {1}, most);
        QCOMPARE(summaryOf(database).notes, most);
        QVERIFY_EXCEPTION_THROWN(setRunNotes(database, {1}, most + "x"), StoreError);
        QCOMPARE(summaryOf(database).notes, most);
        // Whoever wrote them.
        test::exec(database, "UPDATE runs SET notes = notes || 'x'");
        QCOMPARE(summaryOf(database).notes, std::string());
        QCOMPARE(summaryOf(database).damage, std::string());
        test::exec(database, "UPDATE runs SET notes = x'00ff'");
        QCOMPARE(summaryOf(database).notes, std::string());
        QCOMPARE(summaryOf(database).damage, std::string());
    }

    void runsOfVersion6GetNotes() {
        const auto database = test::stoppedRun(folder_.filePath("six.db").toStdString());
        test::exec(database,
                   "ALTER TABLE runs DROP COLUMN notes; DROP TABLE joined_founders; DROP TABLE pictures; DROP TABLE "
                   "painters; ALTER TABLE births DROP COLUMN chromosomes; ALTER TABLE births DROP COLUMN inheritance; "
                   "DROP TABLE genes; PRAGMA user_version = 6");
        QCOMPARE(summaryOf(database).notes, std::string());
        setRunNotes(database, {1}, "late");
        QCOMPARE(summaryOf(database).notes, std::string("late"));
        QVERIFY(RunCatalog(database).inspect({1}).isWhole());
    }
};

MERGARIUM_SUITE(LabelsTest)
#include "labels_test.moc"
