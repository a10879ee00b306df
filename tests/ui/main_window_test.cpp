#include "ui/main_window.h"
#include "core/store/run_catalog.h"
#include "tests/support/patience.h"
#include "tests/support/suite.h"
#include "ui/compare/compare_view.h"
#include "ui/inspector/inspector_view.h"
#include "ui/message_bar/message_bar.h"
#include "ui/niches/niches_view.h"
#include "ui/overview/overview_view.h"
#include "ui/runs/extend_dialog.h"
#include "ui/runs/runs_model.h"
#include "ui/setup/new_run_page.h"
#include "ui/setup/number_boxes.h"
#include "ui/sweep/sweep_page.h"
#include "ui/transport/transport_bar.h"

#include <QAction>
#include <QDockWidget>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <chrono>
#include <fstream>

using namespace mergarium;
using namespace mergarium::test;

namespace {}  // namespace

/// The window as a person uses it, on real runs.
class MainWindowTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    int files_ = 0;

    WindowOptions options(const QString& database) {
        return {.workplace = {
                    .database = database.toStdString(), .resources = MERGARIUM_SOURCE_DIR "/resources", .threads = 1}};
    }
    QString newDatabase() { return folder_.filePath(QString("%1.db").arg(++files_)); }

    static QAction* action(MainWindow& window, const QString& text) {
        for (auto* one : window.findChild<TransportBar*>()->actions())
            if (one->text().remove('&') == text) return one;
        return nullptr;
    }
    static SnapshotPtr shown(MainWindow& window) { return window.workbench().shown(); }
    static bool isIn(MainWindow& window, Phase phase) { return shown(window) && shown(window)->phase == phase; }
    static QString message(MainWindow& window) { return window.findChild<MessageBar*>()->message().sentence; }
    static bool inspectorSays(MainWindow& window, const QString& words) {
        for (auto* label : window.findChild<InspectorView*>()->findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(words)) return true;
        return false;
    }

    /// New run page: a preset, its budget, Start.
    static void startByHand(MainWindow& window, int evaluations) {
        window.findChild<TransportBar*>()->newRun()->trigger();
        QCOMPARE(window.tabs().currentIndex(), 0);
        auto* page = window.findChild<NewRunPage*>();
        QVERIFY(page->choosePreset("digits-specialists"));
        page->findChild<CountBox*>("budget.evaluations")->setValue(static_cast<std::uint64_t>(evaluations));
        QTest::mouseClick(page->findChild<QPushButton*>("start"), Qt::LeftButton);
    }

private Q_SLOTS:
    void newRunPauseInspectStepCloseReopenResume() {
        const auto database = newDatabase();
        std::uint64_t pausedAt = 0;
        {
            MainWindow window(options(database));
            window.show();
            QVERIFY(!action(window, "Pause")->isEnabled());
            startByHand(window, 20'000);
            QCOMPARE(window.tabs().tabText(window.tabs().currentIndex()), QString("Overview"));
            QTRY_VERIFY_WITH_TIMEOUT(shown(window) && shown(window)->evaluations > 50, kPatience);
            QVERIFY(window.windowTitle().contains("digits from specialists"));

            action(window, "Pause")->trigger();
            QTRY_VERIFY_WITH_TIMEOUT(isIn(window, Phase::Paused), kPatience);
            const auto before = shown(window)->evaluations;
            action(window, "Step")->trigger();
            QTRY_COMPARE_WITH_TIMEOUT(shown(window)->evaluations, before + 1, kPatience);
            QVERIFY(isIn(window, Phase::Paused));

            // Inspect a sample, then a member.
            window.tabs().setCurrentIndex(2);
            window.selection().select(std::size_t{7});
            QTRY_VERIFY(inspectorSays(window, "Sample 7"));
            const auto member = shown(window)->members.front()->id;
            window.selection().select(member);
            QTRY_VERIFY(inspectorSays(window, QString("#%1").arg(member.value)));

            // The archive's table shows as many rows as there are members.
            window.tabs().setCurrentIndex(1);
            const auto members = std::count_if(shown(window)->members.begin(), shown(window)->members.end(),
                                               [](const auto& one) { return one != nullptr; });
            auto* table = window.findChild<OverviewView*>()->findChild<QTableView*>();
            QTRY_COMPARE(table->model()->rowCount(), static_cast<int>(members));

            action(window, "Resume")->trigger();
            QTRY_VERIFY_WITH_TIMEOUT(shown(window)->evaluations > before + 50, kPatience);
            pausedAt = before;
            window.close();
        }
        {
            MainWindow window(options(database));
            window.show();
            QTRY_VERIFY_WITH_TIMEOUT(isIn(window, Phase::Stopped), kPatience);
            QVERIFY(shown(window)->evaluations > pausedAt);
            QVERIFY(!message(window).isEmpty());
            auto* resume = window.findChild<QPushButton*>("messageAction");
            QVERIFY(resume->isVisible());
            QTest::mouseClick(resume, Qt::LeftButton);
            QTRY_VERIFY_WITH_TIMEOUT(isIn(window, Phase::Finished), kPatience);
            QCOMPARE(shown(window)->evaluations, 20'000u);
            QVERIFY(message(window).contains("finished"));
        }
        // Closed and reopened, it ended where an uninterrupted run ends.
        RunConfiguration configuration;
        for (const auto& preset : readPresets(MERGARIUM_SOURCE_DIR "/resources"))
            if (preset.name == "digits-specialists") configuration = preset.configuration;
        configuration.evaluations = 20'000;
        Session uninterrupted({.run = NewRun{configuration},
                               .database = newDatabase().toStdString(),
                               .resources = MERGARIUM_SOURCE_DIR "/resources",
                               .threads = 1},
                              nullptr);
        QVERIFY(uninterrupted.waitFor(std::chrono::milliseconds(kPatience)));
        QCOMPARE(RunCatalog(database.toStdString()).snapshot({1}).archiveHash, uninterrupted.take()->archiveHash);
    }

    void runsAreListedAndDuplicated() {
        const auto database = newDatabase();
        MainWindow window(options(database));
        window.show();
        startByHand(window, 100);
        QTRY_VERIFY_WITH_TIMEOUT(isIn(window, Phase::Finished), kPatience);
        auto* runs = window.findChild<QTableView*>("runsTable");
        QTRY_COMPARE_WITH_TIMEOUT(runs->model()->rowCount(), 1, kPatience);
        QTRY_COMPARE(runs->model()->index(0, RunsModel::StatusColumn).data().toString(), QString("Finished"));
        QTRY_VERIFY(runs->selectionModel()->hasSelection());

        const auto press = [&](const QString& text) {
            for (auto* button : window.findChildren<QPushButton*>())
                if (button->text().remove('&') == text && button->isVisible())
                    return QTest::mouseClick(button, Qt::LeftButton);
            QFAIL(qPrintable("no button " + text));
        };
        press("Duplicate");
        QCOMPARE(window.tabs().currentIndex(), 0);
        QCOMPARE(*window.findChild<CountBox*>("budget.evaluations")->value(), 100u);
    }

    void aFinishedRunIsExtended() {
        MainWindow window(options(newDatabase()));
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        startByHand(window, 60);
        QTRY_VERIFY_WITH_TIMEOUT(isIn(window, Phase::Finished), kPatience);
        QTest::keyClick(&window, Qt::Key_X, Qt::ControlModifier | Qt::ShiftModifier);
        auto* dialog = window.findChild<ExtendDialog*>();
        QVERIFY(dialog && dialog->isVisible());
        auto* total = dialog->findChild<CountBox*>();
        QCOMPARE(*total->value(), 120u);
        total->setValue(60);
        QVERIFY(!dialog->findChild<QPushButton*>("extend")->isEnabled());
        total->setValue(90);
        auto* changes = dialog->findChild<QPlainTextEdit*>();
        changes->setPlainText("strategy.alpha");
        QVERIFY(!dialog->findChild<QPushButton*>("extend")->isEnabled());
        QVERIFY(dialog->findChild<QLabel*>("extend.problem")->text().contains("strategy.alpha"));
        changes->setPlainText("\n strategy.alpha=0.5 \n");
        QTest::keyClick(total, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(isIn(window, Phase::Finished) && shown(window)->budget == 90, kPatience);
        QCOMPARE(std::get<M2n2Settings>(shown(window)->run->configuration.strategy).competition.alpha, 0.5);
        QCOMPARE(shown(window)->evaluations, 90u);
        QCOMPARE(shown(window)->run->id, RunId{1});
    }

    void runsAreCompared() {
        MainWindow window(options(newDatabase()));
        window.show();
        for (const int evaluations : {50, 60}) {
            startByHand(window, evaluations);
            QTRY_VERIFY_WITH_TIMEOUT(
                isIn(window, Phase::Finished) && shown(window)->budget == static_cast<std::uint64_t>(evaluations),
                kPatience);
        }
        auto* runs = window.findChild<QTableView*>("runsTable");
        QTRY_COMPARE_WITH_TIMEOUT(runs->model()->rowCount(), 2, kPatience);
        runs->selectAll();
        for (auto* button : window.findChildren<QPushButton*>())
            if (button->text().remove('&') == "Compare") QTest::mouseClick(button, Qt::LeftButton);
        auto* compare = window.findChild<CompareView*>();
        QVERIFY(compare->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(compare->findChild<QTableView*>()->model()->rowCount() > 0, kPatience);
        QVERIFY(message(window).isEmpty() || !message(window).contains("no run"));
        // Opening one of them leads back to it.
        runs->selectRow(0);
        QTest::keyClick(runs, Qt::Key_Return);
        QTRY_VERIFY(!compare->isVisible());
    }

    void aSweepFillsTheListOfRunsAndCompare() {
        const auto path = folder_.filePath("small.yaml");
        std::ofstream(path.toStdString()) << "name: small\nbase: digits-specialists\nset: {budget.evaluations: 50}\n"
                                             "arms: {m2n2: {}, ga: {strategy: {kind: ga}}}\nseeds: 3\n";
        MainWindow window(options(newDatabase()));
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
        auto* page = window.findChild<SweepPage*>();
        QTRY_VERIFY(page->isVisible());
        page->open(path);
        QTRY_VERIFY_WITH_TIMEOUT(page->findChild<QTableView*>("sweep.runs")->model()->rowCount() == 6, kPatience);
        QTest::keyClick(&window, Qt::Key_F5, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(page->isGoing());
        QTRY_VERIFY_WITH_TIMEOUT(!page->isGoing(), kPatience);
        QVERIFY2(message(window).contains("The sweep small has finished: 6 of 6 runs"), qPrintable(message(window)));
        auto* runs = window.findChild<QTableView*>("runsTable");
        // Their sweep is a line that unfolds.
        QTRY_VERIFY_WITH_TIMEOUT(runs->model()->index(0, 0).data().toString().contains("6 of 6"), kPatience);
        QTest::mouseClick(window.findChild<QPushButton*>("messageAction"), Qt::LeftButton);
        auto* compare = window.findChild<CompareView*>();
        QTRY_VERIFY(compare->isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(compare->findChild<QTableView*>()->model()->rowCount(), 2, kPatience);
        QCOMPARE(compare->findChild<QTableView*>()->model()->index(0, 1).data().toString(), QString("3"));
    }

    void onlyLanguageModelsHaveTokensPerSecond() {
        SessionSnapshot snapshot;
        snapshot.phase = Phase::Running;
        snapshot.run = std::make_shared<const RunDescription>();
        snapshot.evaluations = 40;
        snapshot.budget = 100;
        snapshot.evaluationsPerSecond = 10.0;
        QCOMPARE(progressText(snapshot), QString("40 of 100   10/s   6 s left"));
        snapshot.tokensPerSecond = 81'234.4;
        QCOMPARE(progressText(snapshot), QString("40 of 100   81,234 tokens/s   10/s   6 s left"));
    }

    void badDatabaseIsOneSentenceAndTheWindowLives() {
        const auto database = newDatabase();
        std::ofstream(database.toStdString())
            << "this is no database, though it is long enough to be taken for one: " << std::string(4096, 'x');
        MainWindow window(options(database));
        window.show();
        QTRY_VERIFY_WITH_TIMEOUT(message(window).contains(database), kPatience);
        QVERIFY(!message(window).contains('\n'));
        startByHand(window, 50);
        QTRY_VERIFY_WITH_TIMEOUT(!window.workbench().isComputing(), kPatience);
        QTRY_VERIFY(message(window).contains(database));
        QVERIFY(window.isVisible());
        QVERIFY(window.findChild<TransportBar*>()->newRun()->isEnabled());
    }

    void aRunGetsTheLanesThatWereAskedForAndTheyAreRemembered() {
        QSettings settings(folder_.filePath("lanes.ini"), QSettings::IniFormat);
        auto remembered = options(newDatabase());
        remembered.settings = &settings;
        {
            MainWindow window(remembered);
            window.show();
            QCOMPARE(window.findChild<QSpinBox*>("lanes")->text(), QString("auto"));
            window.findChild<QSpinBox*>("lanes")->setValue(2);
            window.close();
        }
        MainWindow window(remembered);
        window.show();
        QCOMPARE(window.findChild<QSpinBox*>("lanes")->value(), 2);
        auto* page = window.findChild<NewRunPage*>();
        page->findChild<CountBox*>("strategy.offspring")->setValue(4);
        startByHand(window, 50);
        QTRY_VERIFY_WITH_TIMEOUT(isIn(window, Phase::Finished), kPatience);
        QTRY_COMPARE(window.findChild<QLabel*>("device")->text(), QString("CPU, 2 lanes"));
    }

    void aRunThatCantBeginIsShownAsThat() {
        MainWindow window(options(newDatabase()));
        window.show();
        startByHand(window, 50);
        QTRY_VERIFY_WITH_TIMEOUT(isIn(window, Phase::Finished), kPatience);
        auto* runs = window.findChild<QTableView*>("runsTable");
        QTRY_VERIFY_WITH_TIMEOUT(runs->selectionModel()->isRowSelected(0), kPatience);
        RunConfiguration broken;
        broken.founders = std::vector{CheckpointFounder{.base = "/no/such/model"}};
        broken.task = CausalLmSettings{};
        window.workbench().start(broken);
        QTRY_VERIFY_WITH_TIMEOUT(isIn(window, Phase::Failed), kPatience);
        QVERIFY(!shown(window)->run);
        QVERIFY(!runs->selectionModel()->hasSelection());
        // The run that is there can be opened again.
        runs->selectRow(0);
        QTest::keyClick(runs, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(isIn(window, Phase::Finished), kPatience);
    }

    void layoutAndThemeAreRemembered() {
        QSettings settings(folder_.filePath("settings.ini"), QSettings::IniFormat);
        auto remembered = options(newDatabase());
        remembered.settings = &settings;
        {
            MainWindow window(remembered);
            window.show();
            window.findChild<QDockWidget*>("inspectorDock")->hide();
            for (auto* one : window.findChildren<QAction*>())
                if (one->text() == "&Dark") one->trigger();
            QTRY_VERIFY(isDark(window.palette()));
            window.close();
        }
        MainWindow window(remembered);
        window.show();
        QVERIFY(!window.findChild<QDockWidget*>("inspectorDock")->isVisible());
        QTRY_VERIFY(isDark(window.palette()));
        applyTheme(*qApp, ThemeKind::Light);
    }

    void keyboardReachesEveryTab() {
        MainWindow window(options(newDatabase()));
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        for (int tab = 0; tab < window.tabs().count(); ++tab) {
            QTest::keyClick(&window, static_cast<Qt::Key>(Qt::Key_0 + (tab + 1) % 10), Qt::ControlModifier);
            QTRY_COMPARE(window.tabs().currentIndex(), tab);
        }
        QTest::keyClick(&window, Qt::Key_N, Qt::ControlModifier);
        QTRY_COMPARE(window.tabs().currentIndex(), 0);
    }
};

MERGARIUM_SUITE(MainWindowTest)
#include "main_window_test.moc"
