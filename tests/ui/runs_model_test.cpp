#include "ui/runs/runs_model.h"
#include "tests/support/example_snapshot.h"
#include "tests/support/run_summary.h"
#include "tests/support/suite.h"
#include "tests/support/table_cell.h"
#include "ui/runs/listed_runs.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace mergarium;
using test::cell;
using test::summary;

class RunsModelTest : public QObject {
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
        QCOMPARE(cell(model, 0, RunsModel::NumberColumn), QString("2"));
        QCOMPARE(cell(model, 0, RunsModel::DurationColumn), QString("1 min 15 s"));
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

    void notesHaveSeveralLinesAndOneInTheList() {
        RunsModel model;
        auto noted = summary(1);
        noted.notes = "the first line\n<b>the</b> second";
        model.setRuns({noted, summary(2)});
        QCOMPARE(cell(model, 0, RunsModel::NotesColumn), QString("the first line <b>the</b> second"));
        QCOMPARE(model.index(0, RunsModel::NotesColumn).data(RunsModel::NotesRole).toString(),
                 QString::fromStdString(noted.notes));
        QCOMPARE(model.index(0, RunsModel::NotesColumn).data(Qt::ToolTipRole).toString(),
                 QString::fromStdString(noted.notes));
        ListedRuns listed(model);
        listed.search("SECOND");
        QCOMPARE(listed.rowCount(), 1);
    }

    void runsAreSearchedSortedAndGrouped() {
        RunsModel model;
        ListedRuns listed(model);
        const QAbstractItemModelTester tester(&listed, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto a = summary(4), b = summary(3), c = summary(2), d = summary(1);
        a.sweep = b.sweep = "splits";
        a.arm = "64", b.arm = "1";
        a.bestTest = 0.3, b.bestTest = 0.9, c.bestTest = 0.5, d.bestTest = 0.7;
        b.phase = Phase::Stopped;
        model.setRuns({a, b, c, d});
        const auto shown = [&] {
            QStringList names;
            for (int row = 0; row < listed.rowCount(); ++row)
                names << (listed.sweep(row) ? "splits" : QString::number(listed.run(row)->id.value));
            return names.join(' ');
        };
        QCOMPARE(shown(), QString("splits 2 1"));
        QVERIFY(cell(listed, 0, 0).contains("1 of 2 runs finished"));
        QCOMPARE(listed.runsOf(0).size(), 2u);
        listed.fold(0);
        QCOMPARE(shown(), QString("splits 4 3 2 1"));
        listed.sort(RunsModel::TestColumn, Qt::DescendingOrder);
        QCOMPARE(shown(), QString("splits 3 4 1 2"));
        listed.setGrouped(false);
        QCOMPARE(shown(), QString("3 1 2 4"));
        listed.search("SPLITS stopped");
        QCOMPARE(shown(), QString("3"));
        listed.search("nothing like it");
        QCOMPARE(listed.rowCount(), 0);
        listed.search("");
        listed.setGrouped(true);
        listed.fold(0);
        QCOMPARE(shown(), QString("splits 1 2"));
        QCOMPARE(listed.reveal({4}), std::optional(2));
        QVERIFY(!listed.reveal({9}));
    }
};

MERGARIUM_SUITE(RunsModelTest)
#include "runs_model_test.moc"
