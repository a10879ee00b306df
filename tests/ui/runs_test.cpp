#include "tests/support/example_snapshot.h"
#include "tests/support/table_cell.h"
#include "ui/runs/runs_model.h"
#include "ui/runs/runs_view.h"

#include <QAbstractItemModelTester>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QtTest>

using namespace mergarium;
using test::cell;

namespace {

RunSummary summary(std::int64_t id, Phase phase = Phase::Finished) {
    RunSummary run;
    run.id = {id};
    run.name = "run " + std::to_string(id);
    run.phase = phase;
    run.created = "2026-01-31 14:05";
    run.seed = 42;
    run.evaluations = 4213;
    run.budget = 10'000;
    run.bestTrain = 0.812;
    run.bestTest = 0.684;
    run.sparkline = {0.1f, 0.5f, 0.812f};
    return run;
}

QPushButton* button(const QWidget& view, const QString& text) {
    for (auto* one : view.findChildren<QPushButton*>())
        if (one->text().remove('&') == text) return one;
    return nullptr;
}

}  // namespace

class RunsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyRowSaysWhatTheSummaryKnows() {
        RunsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRuns({summary(2, Phase::Interrupted), summary(1)});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(cell(model, 0, RunsModel::NameColumn), QString("run 2"));
        QCOMPARE(cell(model, 0, RunsModel::StatusColumn), QString("Interrupted"));
        QCOMPARE(cell(model, 0, RunsModel::TestColumn), QString("68.4 %"));
        QCOMPARE(cell(model, 0, RunsModel::EvaluationsColumn), QString("4,213 of 10,000"));
        QCOMPARE(cell(model, 0, RunsModel::SeedColumn), QString("42"));
        QCOMPARE(cell(model, 0, RunsModel::CreatedColumn), QString("2026-01-31 14:05"));
        QCOMPARE(model.index(0, RunsModel::CurveColumn).data(RunsModel::CurveRole).value<QList<float>>().size(), 3);
        for (const int column : {RunsModel::TestColumn, RunsModel::EvaluationsColumn, RunsModel::SeedColumn})
            QVERIFY(model.index(0, column).data(Qt::TextAlignmentRole).toInt() & Qt::AlignRight);
        for (int column = 0; column < model.columnCount(); ++column) {
            QVERIFY(!model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString().isEmpty());
            QVERIFY(!model.headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString().isEmpty());
        }
    }

    void changesAreAnnouncedInPlace() {
        RunsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRuns({summary(2), summary(1)});
        const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        const QPersistentModelIndex first = model.index(1, RunsModel::NameColumn);

        auto stopped = summary(2, Phase::Stopped);
        model.setRuns({stopped, summary(1)});
        QCOMPARE(cell(model, 0, RunsModel::StatusColumn), QString("Stopped"));
        model.setRuns({summary(3), stopped, summary(1)});
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(first.row(), 2);
        QCOMPARE(first.data().toString(), QString("run 1"));
        QCOMPARE(resets.count(), 0);

        model.setRuns({summary(3), summary(1)});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(cell(model, 1, RunsModel::NameColumn), QString("run 1"));
        model.setRuns({});
        QCOMPARE(model.rowCount(), 0);
    }

    void theComputingRunShowsItsOwnState() {
        RunsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRuns({summary(2, Phase::Interrupted), summary(1)});
        const QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);

        auto live = *exampleSnapshot({.run = 2, .evaluations = 5000});
        live.phase = Phase::Paused;
        model.setLive(std::make_shared<const SessionSnapshot>(live));
        QCOMPARE(cell(model, 0, RunsModel::StatusColumn), QString("Paused"));
        QCOMPARE(cell(model, 0, RunsModel::EvaluationsColumn), QString("5,000 of 10,000"));
        QCOMPARE(cell(model, 1, RunsModel::StatusColumn), QString("Finished"));
        QCOMPARE(changes.count(), 1);
        QCOMPARE(changes[0][0].toModelIndex().row(), 0);

        // What is stored lags behind what computes.
        model.setRuns({summary(2, Phase::Running), summary(1)});
        QCOMPARE(cell(model, 0, RunsModel::StatusColumn), QString("Paused"));
        model.setLive(nullptr);
        model.setRuns({summary(2, Phase::Stopped), summary(1)});
        QCOMPARE(cell(model, 0, RunsModel::StatusColumn), QString("Stopped"));
    }

    void aRunThatIsNotListedYetHarmsNothing() {
        RunsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setLive(exampleSnapshot({.run = 9}));
        model.setLive(std::make_shared<const SessionSnapshot>());
        model.setRuns({summary(1)});
        QCOMPARE(cell(model, 0, RunsModel::StatusColumn), QString("Finished"));
    }

    void keysOpenAndDelete() {
        RunsView view;
        view.setRuns({summary(2), summary(1)});
        view.show();
        QVERIFY(QTest::qWaitForWindowActive(&view));
        auto* table = view.findChild<QTableView*>("runsTable");
        table->setFocus();
        view.selectRun({1});
        const QSignalSpy opened(&view, &RunsView::openRequested);
        const QSignalSpy deleted(&view, &RunsView::deleteRequested);
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened[0][0].value<RunId>(), RunId{1});
        QTest::keyClick(table, Qt::Key_Delete);
        QCOMPARE(deleted.count(), 1);
        QCOMPARE(deleted[0][0].value<RunId>(), RunId{1});
        QCOMPARE(deleted[0][1].toString(), QString("run 1"));
    }

    void onlyWhatIsPossibleIsOffered_data() {
        QTest::addColumn<int>("phase");
        QTest::addColumn<bool>("resumable");
        QTest::addColumn<bool>("deletable");
        QTest::newRow("finished") << int(Phase::Finished) << false << true;
        QTest::newRow("stopped") << int(Phase::Stopped) << true << true;
        QTest::newRow("interrupted") << int(Phase::Interrupted) << true << true;
        QTest::newRow("running") << int(Phase::Running) << false << false;
        QTest::newRow("paused") << int(Phase::Paused) << false << false;
    }

    void onlyWhatIsPossibleIsOffered() {
        QFETCH(int, phase);
        QFETCH(bool, resumable);
        QFETCH(bool, deletable);
        RunsView view;
        view.setRuns({summary(1, Phase(phase))});
        QVERIFY(!button(view, "Open")->isEnabled());
        view.selectRun({1});
        QVERIFY(button(view, "Open")->isEnabled());
        QVERIFY(button(view, "Duplicate")->isEnabled());
        QCOMPARE(button(view, "Resume")->isEnabled(), resumable);
        QCOMPARE(button(view, "Delete")->isEnabled(), deletable);
    }

    void severalRunsOrAWholeSweepAreCompared() {
        RunsView view;
        auto swept = summary(3);
        swept.sweep = "paper-specialists";
        swept.arm = "ga";
        view.setRuns({swept, summary(2), summary(1)});
        auto* table = view.findChild<QTableView*>("runsTable");
        QCOMPARE(cell(*table->model(), 0, RunsModel::SweepColumn), QString("paper-specialists: ga"));
        QVERIFY(!button(view, "Compare")->isEnabled());
        const QSignalSpy compared(&view, &RunsView::compareRequested);
        view.selectRun({3});
        button(view, "Compare")->click();
        QCOMPARE(compared[0][0].toStringList(), QStringList{"paper-specialists"});
        table->selectAll();
        button(view, "Compare")->click();
        auto names = compared[1][0].toStringList();
        names.sort();
        QCOMPARE(names, (QStringList{"1", "2", "3"}));
        // What is done to one run needs one.
        for (const char* one : {"Open", "Resume", "Duplicate", "Delete"}) QVERIFY(!button(view, one)->isEnabled());
    }

    void theSelectionStaysOnItsRun() {
        RunsView view;
        view.setRuns({summary(2), summary(1)});
        view.selectRun({1});
        view.setRuns({summary(3), summary(2), summary(1)});
        const QSignalSpy duplicated(&view, &RunsView::duplicateRequested);
        button(view, "Duplicate")->click();
        QCOMPARE(duplicated.count(), 1);
        QCOMPARE(duplicated[0][0].value<RunId>(), RunId{1});
        // Its run is gone: nothing can be done to it.
        view.setRuns({summary(3), summary(2)});
        QVERIFY(!button(view, "Delete")->isEnabled());
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

QTEST_MAIN(RunsTest)
#include "runs_test.moc"
