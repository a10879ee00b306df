#include "ui/history/time_bar.h"
#include "tests/support/patience.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "ui/history/time_track.h"
#include "ui/main_window.h"
#include "ui/overview/overview_view.h"
#include "ui/session/history_loader.h"
#include "ui/transport/transport_bar.h"

#include <QAction>
#include <QLabel>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>

using namespace mergarium;
using namespace mergarium::test;

namespace {}  // namespace

/// Looking back, as a person does it, at real runs.
class TimeBarTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::filesystem::path two_;

    WindowOptions options(const std::filesystem::path& database) {
        return {.workplace = {.database = database, .resources = kResources, .threads = 1}};
    }
    std::filesystem::path path(const char* name) { return folder_.filePath(name).toStdString(); }
    static SnapshotPtr shown(MainWindow& window) { return window.workbench().shown(); }
    static std::uint64_t stepShown(MainWindow& window) { return shown(window) ? shown(window)->evaluations : 0; }
    static bool looksBackAt(MainWindow& window, std::uint64_t step) {
        return shown(window) && shown(window)->lookedBackFrom && stepShown(window) == step;
    }
    static TimeBar& bar(MainWindow& window) { return *window.findChild<TimeBar*>(); }
    static TimeTrack& track(MainWindow& window) { return *bar(window).track(); }
    static QString moment(MainWindow& window) { return bar(window).findChild<QLabel*>("moment")->text(); }
    static QAction* action(MainWindow& window, const QString& text) {
        for (auto* one : bar(window).actions())
            if (one->text().remove('&') == text) return one;
        return nullptr;
    }
    static int rowsInOverview(MainWindow& window) {
        return window.findChild<OverviewView*>()->findChild<QTableView*>()->model()->rowCount();
    }
    /// Shows the second of two finished runs.
    void open(MainWindow& window) {
        window.show();
        QTRY_VERIFY_WITH_TIMEOUT(shown(window) && track(window).isEnabled(), kPatience);
        QCOMPARE(track(window).maximum(), 200);
    }

private Q_SLOTS:
    void initTestCase() {
        two_ = path("two.db");
        runToItsEnd(shortRun(100, "first"), two_);
        runToItsEnd(shortRun(200, "second"), two_);
    }

    void draggingShowsTheRunAsItWas() {
        MainWindow window(options(two_));
        open(window);
        QCOMPARE(moment(window), QString("as it is after 200 of 200 evaluations"));
        QVERIFY(action(window, "Latest")->isChecked());
        const auto latest = shown(window);

        auto& slider = track(window);
        const int middle = slider.height() / 2;
        QTest::mousePress(&slider, Qt::LeftButton, {}, {slider.width() - 1, middle});
        for (int x = slider.width() - 1; x >= 0; x -= 7) {
            QMouseEvent move(QEvent::MouseMove, QPointF(x, middle), slider.mapToGlobal(QPointF(x, middle)),
                             Qt::NoButton, Qt::LeftButton, {});
            QApplication::sendEvent(&slider, &move);
        }
        QTest::mouseRelease(&slider, Qt::LeftButton, {}, {2, middle});
        const auto step = static_cast<std::uint64_t>(slider.value());
        QVERIFY(step < 5);
        QTRY_VERIFY_WITH_TIMEOUT(looksBackAt(window, step), kPatience);
        QCOMPARE(slider.value(), static_cast<int>(step));
        QCOMPARE(moment(window), QString("as it was after %1 of 200 evaluations").arg(step));
        QCOMPARE(window.workbench().latest(), latest);
        QVERIFY(!action(window, "Latest")->isChecked());

        // The views show who lived then.
        action(window, "To the beginning")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(looksBackAt(window, 0), kPatience);
        QTRY_COMPARE(rowsInOverview(window), 2);
        QVERIFY(shown(window)->members.front()->genome->recipe());

        action(window, "Latest")->trigger();
        QCOMPARE(shown(window), latest);
        QCOMPARE(slider.value(), 200);
        QTRY_COMPARE(rowsInOverview(window), 20);
    }

    void keysGoFromOneAcceptedChildToTheNext() {
        MainWindow window(options(two_));
        open(window);
        const auto accepted = *window.workbench().history().accepted;
        QVERIFY(accepted.size() > 3);
        action(window, "Last accepted child")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(looksBackAt(window, accepted.back()), kPatience);
        action(window, "Previous accepted child")->trigger();
        action(window, "Previous accepted child")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(looksBackAt(window, accepted[accepted.size() - 3]), kPatience);
        action(window, "Next accepted child")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(looksBackAt(window, accepted[accepted.size() - 2]), kPatience);
        QCOMPARE(action(window, "Next accepted child")->shortcut(), QKeySequence(Qt::CTRL | Qt::Key_Right));
        // By number, between two.
        bar(window).findChild<QSpinBox*>("step")->setValue(77);
        QTRY_VERIFY_WITH_TIMEOUT(looksBackAt(window, 77), kPatience);
        action(window, "Previous accepted child")->trigger();
        const auto before = *(std::ranges::lower_bound(accepted, 77u) - 1);
        QTRY_VERIFY_WITH_TIMEOUT(looksBackAt(window, before), kPatience);
    }

    void anAnswerThatNobodyWaitsForIsDropped() {
        MainWindow window(options(two_));
        open(window);
        QSignalSpy shows(&window.workbench(), &Workbench::shownChanged);
        for (const std::uint64_t step : {10, 20, 30}) window.workbench().lookBack(step);
        window.workbench().followLatest();
        window.workbench().lookBack(40);
        QTRY_VERIFY_WITH_TIMEOUT(looksBackAt(window, 40), kPatience);
        QCOMPARE(shows.count(), 2);  // the latest, and this
    }

    void anotherRunIsShownAsItIs() {
        MainWindow window(options(two_));
        open(window);
        window.workbench().lookBack(50);
        QTRY_VERIFY_WITH_TIMEOUT(looksBackAt(window, 50), kPatience);
        window.workbench().open({1});
        QTRY_VERIFY_WITH_TIMEOUT(shown(window)->run->id == RunId{1}, kPatience);
        QVERIFY(!shown(window)->lookedBackFrom);
        QVERIFY(action(window, "Latest")->isChecked());
        QTRY_COMPARE_WITH_TIMEOUT(track(window).maximum(), 100, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(track(window).isEnabled(), kPatience);
        track(window).setValue(60);
        QTRY_VERIFY_WITH_TIMEOUT(looksBackAt(window, 60), kPatience);
        QCOMPARE(shown(window)->run->id, RunId{1});
    }

    void aRunGoesOnWhileOneLooksBack() {
        MainWindow window(options(path("live.db")));
        window.show();
        window.workbench().start(shortRun(1'000'000));
        QTRY_VERIFY_WITH_TIMEOUT(track(window).maximum() > 20, kPatience);
        QVERIFY(action(window, "Live"));
        track(window).setValue(20);
        QTRY_VERIFY_WITH_TIMEOUT(looksBackAt(window, 20), kPatience);
        const auto past = shown(window);
        const auto then = window.workbench().latest()->evaluations;
        const auto end = track(window).maximum();
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench().latest()->evaluations > then, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(track(window).maximum() > end, kPatience);
        QCOMPARE(shown(window), past);
        QCOMPARE(track(window).value(), 20);
        const auto progress = [&] { return window.findChild<TransportBar*>()->findChild<QLabel*>("progressText"); };
        QVERIFY(!progress()->text().startsWith("20 of"));

        action(window, "Live")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(stepShown(window) > then, kPatience);
        const auto again = stepShown(window);
        QTRY_VERIFY_WITH_TIMEOUT(stepShown(window) > again, kPatience);
        QVERIFY(!shown(window)->lookedBackFrom);

        // What is stopped while one looks back stays as it is looked at.
        QTRY_VERIFY_WITH_TIMEOUT(track(window).maximum() >= 30, kPatience);
        track(window).setValue(30);
        QTRY_VERIFY_WITH_TIMEOUT(looksBackAt(window, 30), kPatience);
        window.workbench().stop();
        QTRY_VERIFY_WITH_TIMEOUT(!window.workbench().isComputing(), kPatience);
        QVERIFY(looksBackAt(window, 30));
        QTRY_COMPARE_WITH_TIMEOUT(track(window).maximum(), static_cast<int>(window.workbench().latest()->evaluations),
                                  kPatience);
    }

    // The last snapshot comes while the past is being read, and no other follows.
    void theEndOfARunIsReadHoweverLateItIsStored() {
        const auto database = path("late.db");
        const std::atomic<bool> never = false;
        const auto loop = RunLoop::begin(shortRun(60), {.database = database, .resources = kResources, .threads = 1});
        loop->step(never);
        loop->store(Phase::Running);
        const auto early = std::make_shared<const SessionSnapshot>(loop->snapshot(Phase::Running));
        while (!loop->isFinished()) loop->step(never);
        const auto last = std::make_shared<const SessionSnapshot>(loop->snapshot(Phase::Finished));

        HistoryLoader loader(database);
        loader.follow(early);
        loader.follow(last);
        QTRY_VERIFY_WITH_TIMEOUT(loader.outline().evaluations > 0, kPatience);
        QVERIFY(loader.outline().evaluations < 60);
        loop->store(Phase::Finished);
        QTRY_COMPARE_WITH_TIMEOUT(loader.outline().evaluations, std::uint64_t{60}, kPatience);
    }

    void whatCantBeReadIsSaid() {
        const auto database = path("gone.db");
        std::filesystem::copy_file(two_, database);
        MainWindow window(options(database));
        open(window);
        // Deleted by another program, behind the window's back.
        deleteRun(database, {2});
        QSignalSpy failures(&window.workbench(), &Workbench::failed);
        window.workbench().lookBack(10);
        QTRY_VERIFY_WITH_TIMEOUT(failures.count() == 1 || looksBackAt(window, 10), kPatience);
        QVERIFY(failures.count() == 1);
        QVERIFY(!window.workbench().isLookingBack());
        QVERIFY(!shown(window)->lookedBackFrom);
    }
};

MERGARIUM_SUITE(TimeBarTest)
#include "time_bar_test.moc"
