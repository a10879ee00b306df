#include "core/labels/rename_run.h"
#include "tests/support/other_process.h"
#include "tests/support/patience.h"
#include "tests/support/suite.h"
#include "ui/history/time_bar.h"
#include "ui/history/time_track.h"
#include "ui/main_window.h"
#include "ui/message_bar/message_bar.h"
#include "ui/runs/runs_model.h"
#include "ui/transport/transport_bar.h"

#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>

using namespace mergarium;
using namespace mergarium::test;

namespace {}  // namespace

/// Runs that are computed beside the window.
class FollowedInTheWindowTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    const std::atomic<bool> never_ = false;

    std::filesystem::path path(const char* name) const { return folder_.filePath(name).toStdString(); }
    static WindowOptions options(const std::filesystem::path& database) {
        return {.workplace = {.database = database, .resources = test::kResources, .threads = 1}};
    }
    /// As another process would.
    void computeElsewhere(RunLoop& loop, const std::filesystem::path& database, int steps) {
        for (int step = 0; step < steps; ++step) (void)loop.step(never_);
        loop.store(Phase::Running);
        test::giveAway(database);
    }

private Q_SLOTS:
    void aRunOfAnotherProcessGrowsInTheWindowUntilItHasFinished() {
        const auto database = path("followed.db");
        MainWindow window(options(database));
        window.show();
        const auto message = [&] { return window.findChild<MessageBar*>()->message().sentence; };
        const auto shown = [&] { return window.workbench().shown(); };

        // The window began without a database; the first run that appears is shown.
        const auto loop =
            RunLoop::begin(test::shortRun(60), {.database = database, .resources = test::kResources, .threads = 1});
        computeElsewhere(*loop, database, 10);
        QTRY_VERIFY_WITH_TIMEOUT(shown() && shown()->isElsewhere && shown()->evaluations == 10, kPatience);
        const auto* device = window.findChild<QLabel*>("device");
        QCOMPARE(device->text(), QString("computed by another process"));
        QVERIFY(device->toolTip().contains("CPU"));
        auto* transport = window.findChild<TransportBar*>();
        for (auto* action : {transport->pauseOrResume(), transport->step(), transport->stop()})
            QVERIFY2(!action->isEnabled(), qPrintable(action->text()));
        auto* runs = window.findChild<QTableView*>("runsTable");
        const auto listed = [&](int column) { return runs->model()->index(0, column).data().toString(); };
        QTRY_COMPARE_WITH_TIMEOUT(listed(RunsModel::StatusColumn), QString("Running elsewhere"), kPatience);

        const auto before = shown();
        computeElsewhere(*loop, database, 20);
        QTRY_COMPARE_WITH_TIMEOUT(shown()->evaluations, 30u, kPatience);
        QCOMPARE(shown()->run.get(), before->run.get());
        QVERIFY(shown()->curve->size() > before->curve->size());
        QTRY_VERIFY_WITH_TIMEOUT(listed(RunsModel::EvaluationsColumn).startsWith("30 of"), kPatience);
        auto* track = window.findChild<TimeBar*>()->track();
        QTRY_COMPARE_WITH_TIMEOUT(track->maximum(), 30, kPatience);

        // Looking back stays where it is while the run goes on.
        window.workbench().lookBack(5);
        QTRY_COMPARE_WITH_TIMEOUT(shown()->evaluations, 5u, kPatience);
        computeElsewhere(*loop, database, 10);
        const auto latest = [&] { return window.workbench().latest(); };
        QTRY_VERIFY_WITH_TIMEOUT(latest()->evaluations == 40 && latest()->isElsewhere, kPatience);
        QCOMPARE(shown()->evaluations, 5u);
        window.workbench().followLatest();

        test::finish(*loop);
        QTRY_VERIFY_WITH_TIMEOUT(message().contains("has finished"), kPatience);
        QCOMPARE(shown()->phase, Phase::Finished);
        QVERIFY(!device->text().contains("another"));
        QTRY_COMPARE_WITH_TIMEOUT(listed(RunsModel::StatusColumn), QString("Finished"), kPatience);
    }

    void aProcessThatIsKilledLeavesAnInterruptedRun() {
        const auto database = path("killed.db");
        const auto loop =
            RunLoop::begin(test::shortRun(60), {.database = database, .resources = test::kResources, .threads = 1});
        computeElsewhere(*loop, database, 10);
        MainWindow window(options(database));
        window.show();
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench().shown() && window.workbench().shown()->isElsewhere, kPatience);
        test::giveAway(database, "4194304 1 1");
        QTRY_COMPARE_WITH_TIMEOUT(window.workbench().shown()->phase, Phase::Interrupted, kPatience);
        QTRY_VERIFY(window.findChild<MessageBar*>()->message().sentence.contains("was interrupted at 10 of 60"));
        QVERIFY(window.findChild<TransportBar*>()->pauseOrResume()->isEnabled());
    }

    void aStoredRunThatAnotherProcessGoesOnWithIsFollowed() {
        const auto database = test::stoppedRun(path("taken.db"));
        MainWindow window(options(database));
        window.show();
        const auto shown = [&] { return window.workbench().shown(); };
        QTRY_VERIFY_WITH_TIMEOUT(shown() && shown()->phase == Phase::Interrupted, kPatience);
        const auto loop = RunLoop::goOn({1}, {.database = database, .resources = test::kResources, .threads = 1});
        computeElsewhere(*loop, database, 5);
        QTRY_VERIFY_WITH_TIMEOUT(shown()->isElsewhere && shown()->evaluations == test::kStopped + 5, kPatience);
    }

    void whatIsTypedOutlivesTheListThatComesAgain() {
        const auto database = path("typed.db");
        test::runToItsEnd(test::shortRun(5), database);
        MainWindow window(options(database));
        window.show();
        auto* runs = window.findChild<QTableView*>("runsTable");
        QTRY_VERIFY_WITH_TIMEOUT(runs->model()->rowCount() == 1, kPatience);
        const auto name = runs->model()->index(0, RunsModel::NameColumn);
        runs->edit(name);
        auto* editor = runs->findChild<QLineEdit*>();
        QVERIFY(editor);
        QTest::keyClicks(editor, "half a na");
        const auto typed = editor->text();
        renameRun(database, {1}, "by another process");
        QTRY_COMPARE_WITH_TIMEOUT(name.data().toString(), QString("by another process"), kPatience);
        QCOMPARE(editor->text(), typed);
    }
};

MERGARIUM_SUITE(FollowedInTheWindowTest)
#include "followed_in_window_test.moc"
