#include "core/store/pending_deletions.h"
#include "core/store/run_catalog.h"
#include "tests/support/patience.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "ui/main_window.h"
#include "ui/message_bar/message_bar.h"

#include <SQLiteCpp/Database.h>

#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace mergarium;
using namespace mergarium::test;
using test::kResources;
using test::shortRun;

namespace {

/// Of the table of runs, those that are marked as deleted too.
int rowsOf(const std::filesystem::path& database) {
    return SQLite::Database(database.string()).execAndGet("SELECT count(*) FROM runs").getInt();
}

}  // namespace

// Deleting, and thinking better of it.
class DeletionTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int files_ = 0;

    std::filesystem::path newDatabase() { return folder_.filePath(QString("runs-%1.db").arg(++files_)).toStdString(); }
    static SnapshotPtr shown(MainWindow& window) { return window.workbench().shown(); }
    static QString message(MainWindow& window) { return window.findChild<MessageBar*>()->message().sentence; }

private Q_SLOTS:
    void aDeletedRunIsNotShownAnyMore() {
        Workbench bench({.database = newDatabase(), .resources = kResources, .threads = 1});
        bench.start(shortRun(20));
        QTRY_VERIFY_WITH_TIMEOUT(bench.shown() && !bench.isComputing(), kPatience);
        std::optional<std::size_t> listed;
        connect(&bench, &Workbench::runsListed, this,
                [&](const std::vector<RunSummary>& runs) { listed = runs.size(); });
        bench.remove({bench.shown()->run->id});
        QTRY_VERIFY_WITH_TIMEOUT(listed == 0u, kPatience);
        QVERIFY(!bench.shown());
        QCOMPARE(bench.deletions().size(), 1u);

        bench.undoRemoval();
        QTRY_VERIFY_WITH_TIMEOUT(listed == 1u, kPatience);
        QVERIFY(bench.deletions().empty());
        QTRY_VERIFY_WITH_TIMEOUT(bench.shown() && bench.shown()->phase == Phase::Finished, kPatience);
    }

    void deletedRunsGoWhenTheWindowDoes() {
        const auto database = newDatabase();
        for (int run = 0; run < 4; ++run) test::runToItsEnd(shortRun(5), database);
        {
            Workbench bench({.database = database, .resources = kResources, .threads = 1});
            const QSignalSpy changes(&bench, &Workbench::deletionsChanged);
            bench.remove({{1}, {2}});
            bench.remove({{3}});
            QTRY_COMPARE_WITH_TIMEOUT(changes.count(), 2, kPatience);
            bench.undoRemoval();
            QTRY_COMPARE_WITH_TIMEOUT(changes.count(), 3, kPatience);
            QCOMPARE(rowsOf(database), 4);
        }
        QCOMPARE(rowsOf(database), 2);
        const auto left = RunCatalog(database).runs();
        QCOMPARE(left[0].id, RunId{4});
        QCOMPARE(left[1].id, RunId{3});
    }

    void whatAWindowThatCrashedHasDeletedGoesAtTheNextOpening() {
        const auto database = newDatabase();
        for (int run = 0; run < 2; ++run) test::runToItsEnd(shortRun(5), database);
        markDeleted(database, std::vector{RunId{1}}, "1 1 1");
        Workbench bench({.database = database, .resources = kResources, .threads = 1});
        const QSignalSpy listed(&bench, &Workbench::runsListed);
        bench.listRuns();
        QTRY_COMPARE_WITH_TIMEOUT(listed.count(), 1, kPatience);
        QCOMPARE(rowsOf(database), 1);
    }

    void noneIsDeletedWhereOneIsGoingOn() {
        const auto database = newDatabase();
        test::runToItsEnd(shortRun(5), database);
        Workbench bench({.database = database, .resources = kResources, .threads = 1});
        bench.start(shortRun(1'000'000));
        QTRY_VERIFY_WITH_TIMEOUT(bench.shown() && bench.shown()->run, kPatience);
        const QSignalSpy failures(&bench, &Workbench::failed);
        bench.remove({{1}, {2}});
        QTRY_COMPARE_WITH_TIMEOUT(failures.count(), 1, kPatience);
        QVERIFY(failures[0][0].toString().contains("run 2 is going on; stop it before deleting it."));
        QVERIFY(bench.deletions().empty());
        QVERIFY(bench.shown());
        QCOMPARE(RunCatalog(database).runs().size(), 2u);
    }

    void theMessageUndoesItAndSoDoesAKeyLater() {
        const auto database = newDatabase();
        test::runToItsEnd(shortRun(20), database);
        MainWindow window({.workplace = {.database = database, .resources = kResources, .threads = 1}});
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        auto* runs = window.findChild<QTableView*>("runsTable");
        QTRY_VERIFY_WITH_TIMEOUT(shown(window) && runs->selectionModel()->hasSelection(), kPatience);
        runs->setFocus();
        QTest::keyClick(runs, Qt::Key_Delete);
        QTRY_COMPARE_WITH_TIMEOUT(message(window), QString("Deleted run 1."), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(runs->model()->rowCount(), 0, kPatience);
        QVERIFY(!shown(window));
        QTest::mouseClick(window.findChild<QPushButton*>("messageAction"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(runs->model()->rowCount(), 1, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(shown(window), kPatience);
        QTRY_VERIFY(runs->selectionModel()->hasSelection());

        runs->setFocus();
        QTest::keyClick(runs, Qt::Key_Delete);
        QTRY_COMPARE_WITH_TIMEOUT(runs->model()->rowCount(), 0, kPatience);
        QTest::keyClick(&window, Qt::Key_Escape);
        QTRY_VERIFY(message(window).isEmpty());
        QTest::keyClick(&window, Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(runs->model()->rowCount(), 1, kPatience);
    }
};

MERGARIUM_SUITE(DeletionTest)
#include "deletion_test.moc"
