#include "tests/support/example_snapshot.h"
#include "tests/support/run_summary.h"
#include "tests/support/suite.h"
#include "tests/support/table_cell.h"
#include "ui/runs/extend_dialog.h"
#include "ui/runs/listed_runs.h"
#include "ui/runs/runs_model.h"
#include "ui/runs/runs_view.h"
#include "ui/setup/number_boxes.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QItemSelectionModel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace mergarium;
using test::cell;
using test::summary;

namespace {

QPushButton* button(const QWidget& view, const QString& text) {
    for (auto* one : view.findChildren<QPushButton*>())
        if (one->text().remove('&') == text) return one;
    return nullptr;
}

}  // namespace

class RunsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keysOpenAndDelete() {
        RunsView view;
        view.setRuns({summary(2), summary(1)});
        view.show();
        QVERIFY(QTest::qWaitForWindowActive(&view));
        auto* table = view.findChild<QTableView*>("runsTable");
        table->setFocus();
        view.selectRun(RunId{1});
        const QSignalSpy opened(&view, &RunsView::openRequested);
        const QSignalSpy deleted(&view, &RunsView::deleteRequested);
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened[0][0].value<RunId>(), RunId{1});
        QTest::keyClick(table, Qt::Key_Delete);
        QCOMPARE(deleted.count(), 1);
        QCOMPARE(deleted[0][0].value<std::vector<RunId>>(), std::vector{RunId{1}});
    }

    void severalRunsAndWholeSweepsAreDeletedAtOnce() {
        RunsView view;
        auto a = summary(4), b = summary(3);
        a.sweep = b.sweep = "splits";
        view.setRuns({a, b, summary(2), summary(1)});
        view.show();
        QVERIFY(QTest::qWaitForWindowActive(&view));
        auto* table = view.findChild<QTableView*>("runsTable");
        const QSignalSpy deleted(&view, &RunsView::deleteRequested);
        QVERIFY(!button(view, "Delete")->isEnabled() && !view.deletion()->isEnabled());
        // The sweep is folded: its line stands for both of its runs.
        table->setFocus();
        table->selectAll();
        QTest::keyClick(table, Qt::Key_Delete);
        QCOMPARE(deleted.count(), 1);
        QCOMPARE(deleted[0][0].value<std::vector<RunId>>(), (std::vector<RunId>{{1}, {2}, {3}, {4}}));
        // Keys go on from where the deleted ones were.
        table->selectionModel()->setCurrentIndex(table->model()->index(1, RunsModel::NameColumn),
                                                 QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        view.setRuns({a, b, summary(1)});
        QVERIFY(!table->selectionModel()->hasSelection());
        QCOMPARE(table->currentIndex().row(), 1);
    }

    void aRunThatIsSelectedLeavesTheFirstColumnInSight() {
        RunsView view;
        auto named = summary(1);
        named.name = "a name that is wider than the pane";
        view.setRuns({named});
        view.resize(view.minimumSizeHint().width(), 400);
        view.show();
        view.selectRun(RunId{1});
        QCOMPARE(view.findChild<QTableView*>("runsTable")->horizontalScrollBar()->value(), 0);
    }

    void whatTellsRunsApartIsSeenFirst() {
        RunsView view;
        auto named = summary(3);
        named.name = "digits from specialists with a long name, 1 split";
        view.setRuns({named, summary(2), summary(1)});
        view.resize(52 * view.fontMetrics().averageCharWidth(), 400);
        view.show();
        auto* table = view.findChild<QTableView*>("runsTable");
        const auto end = [&](int column) { return table->columnViewportPosition(column) + table->columnWidth(column); };
        for (const int column :
             {RunsModel::NumberColumn, RunsModel::NameColumn, RunsModel::StatusColumn, RunsModel::TestColumn})
            QVERIFY(end(column) <= table->viewport()->width());
        for (const int column : {RunsModel::StatusColumn, RunsModel::TestColumn})
            QVERIFY(table->columnWidth(column) >= static_cast<QAbstractItemView*>(table)->sizeHintForColumn(column));
        // Nothing is said of sweeps where there is none.
        QVERIFY(table->isColumnHidden(RunsModel::SweepColumn));
        named.sweep = "splits";
        view.setRuns({named, summary(2), summary(1)});
        QVERIFY(!table->isColumnHidden(RunsModel::SweepColumn));
        const auto tip = table->model()->index(1, RunsModel::NameColumn).data(Qt::ToolTipRole).toString();
        for (const char* said : {"2: run 2", "Status: Finished", "Seed: ", "Evaluations: ", "Duration: "})
            QVERIFY2(tip.contains(said), qPrintable(tip));
    }

    void notesAreWrittenInPlace() {
        RunsView view;
        auto noted = summary(1);
        noted.notes = "old";
        view.setRuns({noted});
        view.show();
        QVERIFY(QTest::qWaitForWindowActive(&view));
        auto* table = view.findChild<QTableView*>("runsTable");
        table->setFocus();
        view.selectRun(RunId{1});
        const QSignalSpy written(&view, &RunsView::notesRequested);
        const auto edit = [&] {
            QTest::keyClick(table, Qt::Key_F2, Qt::ShiftModifier);
            return table->findChild<QPlainTextEdit*>();
        };
        auto* editor = edit();
        QVERIFY(editor);
        QCOMPARE(editor->toPlainText(), QString("old"));
        QTest::keyClick(editor, Qt::Key_End);
        QTest::keyClick(editor, Qt::Key_Return);
        QTest::keyClicks(editor, "new");
        // The list is read again meanwhile.
        view.setRuns({noted});
        QCOMPARE(editor->toPlainText(), QString("old\nnew"));
        QTest::keyClick(editor, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(written.count(), 1);
        QCOMPARE(written[0][0].value<RunId>(), RunId{1});
        QCOMPARE(written[0][1].toString(), QString("old\nnew"));
        QTRY_VERIFY(!table->findChild<QPlainTextEdit*>());

        editor = edit();
        QVERIFY(editor);
        QTest::keyClicks(editor, "never mind");
        QTest::keyClick(editor, Qt::Key_Escape);
        QTRY_VERIFY(!table->findChild<QPlainTextEdit*>());
        QCOMPARE(written.count(), 1);
    }

    void onlyWhatIsPossibleIsOffered_data() {
        QTest::addColumn<int>("phase");
        QTest::addColumn<bool>("resumable");
        QTest::addColumn<bool>("deletable");
        QTest::newRow("finished") << int(Phase::Finished) << false << true;
        QTest::newRow("stopped") << int(Phase::Stopped) << true << true;
        QTest::newRow("interrupted") << int(Phase::Interrupted) << true << true;
        // Deleting them is refused with a reason.
        QTest::newRow("running") << int(Phase::Running) << false << true;
        QTest::newRow("paused") << int(Phase::Paused) << false << true;
    }

    void onlyWhatIsPossibleIsOffered() {
        QFETCH(int, phase);
        QFETCH(bool, resumable);
        QFETCH(bool, deletable);
        RunsView view;
        view.setRuns({summary(1, Phase(phase))});
        QVERIFY(!button(view, "Open")->isEnabled());
        view.selectRun(RunId{1});
        QVERIFY(button(view, "Open")->isEnabled());
        QVERIFY(button(view, "Duplicate")->isEnabled());
        QCOMPARE(button(view, "Resume")->isEnabled(), resumable);
        QCOMPARE(button(view, "Extend...")->isEnabled(), resumable || Phase(phase) == Phase::Finished);
        QCOMPARE(button(view, "Delete")->isEnabled(), deletable);
    }

    void runsOfSweepsAreNotExtended() {
        RunsView view;
        auto swept = summary(2);
        swept.sweep = "splits";
        view.setRuns({swept, summary(1)});
        view.selectRun(RunId{2});
        QVERIFY(!button(view, "Extend...")->isEnabled());
        const QSignalSpy extended(&view, &RunsView::extendRequested);
        view.selectRun(RunId{1});
        button(view, "Extend...")->click();
        QCOMPARE(extended.count(), 1);
        QCOMPARE(extended[0][0].value<RunSummary>().budget, 10'000u);
    }

    void whatIsProposedIsMoreOnlyForARunThatHasEnded() {
        auto run = summary(1);
        const ExtendDialog going(run);
        QCOMPARE(*going.findChild<CountBox*>()->value(), run.budget);
        QVERIFY(!going.findChild<QPushButton*>("extend")->isEnabled());
        run.evaluations = run.budget;
        const ExtendDialog ended(run);
        QCOMPARE(*ended.findChild<CountBox*>()->value(), 2 * run.budget);
        QVERIFY(ended.findChild<QPushButton*>("extend")->isEnabled());
    }

    void severalRunsOrAWholeSweepAreCompared() {
        RunsView view;
        auto swept = summary(3);
        swept.sweep = "paper-specialists";
        swept.arm = "ga";
        view.setRuns({swept, summary(2), summary(1)});
        auto* table = view.findChild<QTableView*>("runsTable");
        QCOMPARE(cell(*table->model(), 0, 0).section(' ', 1), QString("paper-specialists: 1 of 1 runs finished"));
        QVERIFY(!button(view, "Compare")->isEnabled());
        const QSignalSpy compared(&view, &RunsView::compareRequested);
        view.selectRun(RunId{3});
        button(view, "Compare")->click();
        QCOMPARE(compared[0][0].toStringList(), QStringList{"paper-specialists"});
        table->selectAll();
        button(view, "Compare")->click();
        auto names = compared[1][0].toStringList();
        names.sort();
        QCOMPARE(names, (QStringList{"1", "2", "paper-specialists"}));
        // What is done to one run needs one.
        for (const char* one : {"Open", "Resume", "Duplicate", "Rename"}) QVERIFY(!button(view, one)->isEnabled());
    }

    void theSelectionStaysOnItsRun() {
        RunsView view;
        view.setRuns({summary(2), summary(1)});
        view.selectRun(RunId{1});
        view.setRuns({summary(3), summary(2), summary(1)});
        const QSignalSpy duplicated(&view, &RunsView::duplicateRequested);
        button(view, "Duplicate")->click();
        QCOMPARE(duplicated.count(), 1);
        QCOMPARE(duplicated[0][0].value<RunId>(), RunId{1});
        // Its run is gone: nothing can be done to it.
        view.setRuns({summary(3), summary(2)});
        QVERIFY(!button(view, "Delete")->isEnabled());
    }

    void aNameIsTypedOverInItsCell() {
        RunsView view;
        view.setRuns({summary(2), summary(1)});
        view.show();
        QVERIFY(QTest::qWaitForWindowActive(&view));
        auto* table = view.findChild<QTableView*>("runsTable");
        view.selectRun(RunId{1});
        table->setFocus();
        const QSignalSpy renamed(&view, &RunsView::renameRequested);
        QTest::keyClick(table, Qt::Key_F2);
        auto* editor = table->viewport()->findChild<QLineEdit*>();
        QVERIFY(editor);
        QCOMPARE(editor->text(), QString("run 1"));
        editor->setText("  the good one ");
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_COMPARE(renamed.count(), 1);
        QCOMPARE(renamed[0][0].value<RunId>(), RunId{1});
        QCOMPARE(renamed[0][1].toString(), QString("the good one"));
        // Until the database has it, the old name stays.
        QCOMPARE(cell(*table->model(), 1, RunsModel::NameColumn), QString("run 1"));
    }

    void columnsAreRemembered() {
        QByteArray state;
        {
            RunsView view;
            view.setRuns({summary(1)});
            view.findChild<QTableView*>("runsTable")->setColumnWidth(RunsModel::NameColumn, 321);
            view.findChild<QCheckBox*>("groupRuns")->setChecked(false);
            state = view.layoutState();
        }
        RunsView view;
        view.restoreLayoutState("nonsense");
        view.restoreLayoutState(state);
        view.setRuns({summary(1)});
        QCOMPARE(view.findChild<QTableView*>("runsTable")->columnWidth(RunsModel::NameColumn), 321);
        QVERIFY(!view.findChild<QCheckBox*>("groupRuns")->isChecked());
    }

    void theShownRunIsMarkedOnceItIsListed() {
        RunsView view;
        view.setRuns({summary(1)});
        view.selectRun(RunId{2});
        auto* table = view.findChild<QTableView*>("runsTable");
        view.setRuns({summary(2), summary(1)});
        QCOMPARE(table->currentIndex().row(), 0);
        QVERIFY(table->selectionModel()->isRowSelected(0));
        // What a person chooses stays chosen when the list is read again.
        table->selectRow(1);
        view.setRuns({summary(2, Phase::Stopped), summary(1)});
        QVERIFY(table->selectionModel()->isRowSelected(1));
        view.selectRun({});
        QVERIFY(!table->selectionModel()->hasSelection());
    }

    void withoutRunsItSaysHowToGetOne() {
        RunsView view;
        view.show();
        QVERIFY(!view.findChild<QTableView*>("runsTable")->isVisible());
        view.setRuns({summary(1)});
        QVERIFY(view.findChild<QTableView*>("runsTable")->isVisible());
        view.setRuns({});
        QVERIFY(!view.findChild<QTableView*>("runsTable")->isVisible());
    }
};

MERGARIUM_SUITE(RunsTest)
#include "runs_test.moc"
