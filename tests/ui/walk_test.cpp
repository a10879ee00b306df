#include "tests/support/patience.h"
#include "tests/support/runs.h"
#include "tests/support/suite.h"
#include "tests/support/typist.h"
#include "ui/attraction/pair_pane.h"
#include "ui/compare/compare_table.h"
#include "ui/export/export_dialog.h"
#include "ui/history/time_track.h"
#include "ui/lineage/lineage_canvas.h"
#include "ui/main_window.h"
#include "ui/niches/niche_canvas.h"
#include "ui/queue/queue_view.h"
#include "ui/selection/selection.h"
#include "ui/setup/new_run_page.h"
#include "ui/tour/tour.h"
#include "ui/trial/trial_pane.h"

#include <SQLiteCpp/Database.h>

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <memory>

using namespace mergarium;
using namespace mergarium::test;

/// A researcher's afternoon, without a mouse: from the first start to a model, and on after the window was closed.
class WalkTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::unique_ptr<MainWindow> window_;

    void open() {
        window_ = std::make_unique<MainWindow>(WindowOptions{
            .workplace = {
                .database = folder_.filePath("runs.db").toStdString(), .resources = kResources, .threads = 1}});
        window_->show();
        // On a display the window manager may only be starting.
        const auto isActive = [&] {
            window_->activateWindow();
            return window_->isActiveWindow();
        };
        QTRY_VERIFY_WITH_TIMEOUT(isActive(), kPatience);
    }
    SnapshotPtr shown() { return window_->workbench().shown(); }
    bool shows(const char* run) { return shown() && shown()->run && shown()->run->configuration.name == run; }
    template <class View>
    View& view() {
        return *window_->findChild<View*>();
    }
    bool tabInFrontIs(const char* name) { return window_->tabs().tabText(window_->tabs().currentIndex()) == name; }
    int queued() { return view<QueueView>().findChild<QTableView*>("queue")->model()->rowCount(); }
    QTableView& runs() { return *window_->findChild<QTableView*>("runsTable"); }

    /// What asks for a file's name gets this one.
    void answerWith(const QString& path) {
        auto* const looks = new QTimer(this);
        connect(looks, &QTimer::timeout, looks, [path, looks] {
            const auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
            if (!dialog || !dialog->findChild<QLineEdit*>("fileNameEdit")->hasFocus()) return;
            looks->deleteLater();
            Typist::retype(path);
            Typist::press(Qt::Key_Return);
        });
        looks->start(20);
    }
    bool isChosen(const char* name) {
        const auto row = runs().currentIndex().row();
        for (int column = 0; column < runs().model()->columnCount(); ++column)
            if (runs().model()->index(row, column).data().toString() == name) return true;
        return false;
    }

    void takesTheTourAndLeavesIt() {
        Typist::press(Qt::Key_F1, Qt::ControlModifier);
        QTRY_VERIFY(view<Tour>().isGoing());
        QTRY_VERIFY_WITH_TIMEOUT((Typist::press(Qt::Key_Return), shown() && shown()->evaluations > 0), kPatience);
        Typist::press(Qt::Key_Escape);
        QTRY_VERIFY(!view<Tour>().isGoing());
        Typist::press(Qt::Key_F5, Qt::ShiftModifier);
        QTRY_VERIFY_WITH_TIMEOUT(!window_->workbench().isComputing() && runs().model()->rowCount() == 1, kPatience);
    }
    void setUpFromDroppedFolders() {
        QMimeData files;
        QList<QUrl> urls;
        for (const char* path : {"models/tiny-llm/add", "models/tiny-llm/sort", "questions/add-train.jsonl"})
            urls << QUrl::fromLocalFile(QString::fromStdString((kResources / path).string()));
        files.setUrls(urls);
        auto& page = view<NewRunPage>();
        QDragEnterEvent enter({5, 5}, Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&page, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop({5, 5}, Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&page, &drop);
        Typist::press(Qt::Key_N, Qt::ControlModifier);
        QVERIFY(Typist::tabTo("name"));
        Typist::retype("two letters");
        QVERIFY(Typist::tabTo("task.prompt"));
        Typist::retype("{prompt}");
        QVERIFY(Typist::tabTo("task.max_new_tokens"));
        Typist::retype("8");
        QVERIFY(Typist::tabTo("budget.evaluations"));
        Typist::retype("100000");
        QCOMPARE(page.configuration().evaluations, 100'000u);
    }
    /// The prompt lacks the token that these models' texts begin with.
    void isWarnedOfTheWrongPrompt() {
        auto& trial = view<TrialPane>();
        QTRY_VERIFY_WITH_TIMEOUT(trial.trial() && trial.trial()->isWaste(), kPatience);
        QVERIFY(Typist::tabTo("budget.evaluations"));
        Typist::press(Qt::Key_Return);
        const auto* verdict = view<NewRunPage>().findChild<QLabel*>("verdict");
        QVERIFY2(verdict->isVisible() && verdict->text().contains("Press Start again"), qPrintable(verdict->text()));
        QVERIFY(!window_->workbench().isComputing());
    }
    void mendsThePromptAndStarts() {
        QVERIFY(Typist::tabTo("task.prompt"));
        Typist::retype("<s>{prompt}");
        QVERIFY(Typist::tabTo("budget.evaluations"));
        auto& trial = view<TrialPane>();
        QTRY_VERIFY_WITH_TIMEOUT(trial.trial() && !trial.trial()->isWaste(), kPatience);
        Typist::press(Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(shows("two letters") && shown()->evaluations > 0, kPatience);
    }
    void queuesASecondRun() {
        Typist::press(Qt::Key_N, Qt::ControlModifier);
        auto* presets = window_->findChild<QListWidget*>("presets");
        QCOMPARE(QApplication::focusWidget(), presets);
        Typist::press(Qt::Key_Home);
        while (!presets->currentItem()->text().startsWith("digits-specialists") &&
               presets->currentRow() + 1 < presets->count())
            Typist::press(Qt::Key_Down);
        QVERIFY(Typist::tabTo("budget.evaluations"));
        Typist::retype("40");
        Typist::press(Qt::Key_Return);
        QTRY_VERIFY(QApplication::activeModalWidget());
        Typist::press(Qt::Key_Return);
        QTRY_COMPARE(queued(), 1);
    }
    void pauses() {
        Typist::press(Qt::Key_F5);
        QTRY_VERIFY_WITH_TIMEOUT(shown()->phase == Phase::Paused, kPatience);
    }
    void looksAtANiche() {
        Typist::press(Qt::Key_3, Qt::ControlModifier);
        QVERIFY(tabInFrontIs("Niches"));
        QTRY_VERIFY_WITH_TIMEOUT(view<NicheCanvas>().isVisible(), kPatience);
        QVERIFY(Typist::tabTo("Niches, members by samples"));
        // Until it has been drawn, there is nothing to move in.
        QTRY_VERIFY((Typist::press(Qt::Key_Return), window_->selection().sample()));
    }
    void asksWhyAPairIsDrawn() {
        Typist::press(Qt::Key_4, Qt::ControlModifier);
        QVERIFY(tabInFrontIs("Attraction"));
        QVERIFY(Typist::tabTo("Latest pairings"));
        Typist::press(Qt::Key_Down);
        QTRY_VERIFY(view<PairPane>().isVisible());
    }
    void pairsByHand() {
        const auto before = shown()->evaluations;
        Typist::press(Qt::Key_8, Qt::ControlModifier);
        QVERIFY(tabInFrontIs("Breed"));
        QVERIFY(Typist::tabTo("ratio"));
        Typist::retype("0.25");
        QVERIFY(Typist::tabTo("Score the child"));
        Typist::press(Qt::Key_Space);
        QTRY_VERIFY_WITH_TIMEOUT(shown()->handBred && shown()->handBred->child, kPatience);
        QVERIFY(Typist::tabTo("Admit"));
        Typist::press(Qt::Key_Space);
        QTRY_COMPARE_WITH_TIMEOUT(shown()->evaluations, before + 1, kPatience);
    }
    void goesOnAndStops() {
        const auto before = shown()->evaluations;
        Typist::press(Qt::Key_F5);
        QTRY_VERIFY_WITH_TIMEOUT(shown()->evaluations > before + 2, kPatience);
        Typist::press(Qt::Key_F5, Qt::ShiftModifier);
        QTRY_VERIFY_WITH_TIMEOUT(!window_->workbench().isComputing(), kPatience);
    }
    void opensItAgain() {
        Typist::press(Qt::Key_R, Qt::ControlModifier);
        QCOMPARE(QApplication::focusWidget(), &runs());
        Typist::press(Qt::Key_Home, Qt::ControlModifier);
        for (int row = 0; row < 2 && !isChosen("two letters"); ++row) Typist::press(Qt::Key_Down);
        QVERIFY(isChosen("two letters"));
        Typist::press(Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(shows("two letters"), kPatience);
    }
    void looksBack() {
        QTRY_VERIFY_WITH_TIMEOUT(view<TimeTrack>().isEnabled(), kPatience);
        Typist::press(Qt::Key_Left, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY_WITH_TIMEOUT(shown()->lookedBackFrom && shown()->evaluations == 0, kPatience);
        Typist::press(Qt::Key_L, Qt::ControlModifier);
        QTRY_VERIFY(!shown()->lookedBackFrom);
    }
    void seesTheAncestors() {
        Typist::press(Qt::Key_7, Qt::ControlModifier);
        QVERIFY(tabInFrontIs("Lineage"));
        QTRY_VERIFY_WITH_TIMEOUT(view<LineageCanvas>().isVisible(), kPatience);
    }
    void theQueueHasGoneOn() {
        QTRY_VERIFY_WITH_TIMEOUT(
            queued() == 0 && !window_->workbench().isComputing() && runs().model()->rowCount() == 3, kPatience);
    }
    void compares() {
        Typist::press(Qt::Key_R, Qt::ControlModifier);
        Typist::press(Qt::Key_A, Qt::ControlModifier);
        QVERIFY(Typist::tabTo("Compare"));
        Typist::press(Qt::Key_Space);
        QTRY_VERIFY_WITH_TIMEOUT(tabInFrontIs("Compare") && view<CompareTable>().rowCount() == 3, kPatience);
    }
    void takesAFigureAReportAndAModelHome() {
        Typist::press(Qt::Key_2, Qt::ControlModifier);
        Typist::press(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(QApplication::activeModalWidget());
        answerWith(folder_.filePath("curves.svg"));
        Typist::press(Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(folder_.filePath("curves.svg")), kPatience);

        answerWith(folder_.filePath("report.html"));
        Typist::press(Qt::Key_R, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(folder_.filePath("report.html")), kPatience);

        Typist::press(Qt::Key_E, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(window_->findChild<ExportDialog*>() && view<ExportDialog>().isActiveWindow(),
                                 kPatience);
        QVERIFY(Typist::tabTo("parent"));
        Typist::retype(folder_.path());
        QVERIFY(Typist::tabTo("folder"));
        Typist::retype("model");
        Typist::press(Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(folder_.filePath("model/recipe.yaml")), kPatience);
        Typist::press(Qt::Key_Escape);
        QTRY_VERIFY(!view<ExportDialog>().isVisible());
    }
    void closesAndFindsEverythingAgain() {
        Typist::press(Qt::Key_F, Qt::AltModifier);
        QTRY_VERIFY(QApplication::activePopupWidget());
        Typist::press(Qt::Key_Q);
        QTRY_VERIFY(!window_->isVisible());
        open();
        QTRY_COMPARE_WITH_TIMEOUT(runs().model()->rowCount(), 3, kPatience);
        opensItAgain();
        QTRY_VERIFY_WITH_TIMEOUT(view<TimeTrack>().isEnabled(), kPatience);
        SQLite::Database database(folder_.filePath("runs.db").toStdString());
        QCOMPARE(database.execAndGet("SELECT COUNT(*) FROM events WHERE kind = 'bred by hand'").getInt(), 1);
    }

private Q_SLOTS:
    void anAfternoon() {
        for (const auto step :
             {&WalkTest::open, &WalkTest::takesTheTourAndLeavesIt, &WalkTest::setUpFromDroppedFolders,
              &WalkTest::isWarnedOfTheWrongPrompt, &WalkTest::mendsThePromptAndStarts, &WalkTest::queuesASecondRun,
              &WalkTest::pauses, &WalkTest::looksAtANiche, &WalkTest::asksWhyAPairIsDrawn, &WalkTest::pairsByHand,
              &WalkTest::goesOnAndStops, &WalkTest::theQueueHasGoneOn, &WalkTest::opensItAgain, &WalkTest::looksBack,
              &WalkTest::seesTheAncestors, &WalkTest::compares, &WalkTest::takesAFigureAReportAndAModelHome,
              &WalkTest::closesAndFindsEverythingAgain}) {
            (this->*step)();
            if (QTest::currentTestFailed()) return;
        }
    }
};

MERGARIUM_SUITE(WalkTest)
#include "walk_test.moc"
