#include "tests/support/small_sweep.h"
#include "tests/support/suite.h"
#include "tests/support/table_cell.h"
#include "ui/sweep/entries_model.h"
#include "ui/sweep/sweep_form.h"
#include "ui/sweep/sweep_runs_model.h"

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace mergarium;
using test::cell;

// What the sweep page is put together from.
class SweepModelsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void entriesAreEditedInPlace() {
        EntriesModel model({"Arm", "", "add an arm"}, {"Changes", "", ""}, nullptr);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy edited(&model, &EntriesModel::edited);
        model.setEntries({{"a", "x: 1"}});
        QCOMPARE(edited.size(), 0);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(cell(model, 1, 0), QString("add an arm"));
        QVERIFY(model.index(1, 0).data(Qt::EditRole).toString().isEmpty());
        QVERIFY(!model.setData(model.index(1, 0), "  ", Qt::EditRole));
        QVERIFY(model.setData(model.index(1, 1), " y:  2 ", Qt::EditRole));
        QCOMPARE(model.rowCount(), 3);
        QVERIFY(model.setData(model.index(1, 0), "b", Qt::EditRole));
        QCOMPARE(edited.size(), 2);
        QVERIFY((model.entries() == EntriesModel::Entries{{"a", "x: 1"}, {"b", "y: 2"}}));
        model.remove(0);
        model.remove(7);
        QCOMPARE(edited.size(), 3);
        QVERIFY((model.entries() == EntriesModel::Entries{{"b", "y: 2"}}));
        model.setData(model.index(0, 0), "", Qt::EditRole);
        model.setData(model.index(0, 1), "", Qt::EditRole);
        QVERIFY(model.entries().empty());
    }

    void theFormKeepsADraftAsItIs() {
        SweepDraft draft{.description = "Why.",
                         .name = "many",
                         .base = "/a/b.yaml",
                         .common = "budget.evaluations: 3",
                         .arms = {{"a", ""}, {"b", "strategy.splits: 3"}},
                         .axes = {},
                         .seeds = "3, 5",
                         .published = {{"a", "52"}}};
        SweepForm form({"digits-scratch"});
        QSignalSpy edited(&form, &SweepForm::edited);
        form.setDraft(draft);
        QVERIFY(form.draft() == draft);
        QCOMPARE(edited.size(), 0);
        form.findChild<QLineEdit*>("sweep.seeds")->setText("4");
        QCOMPARE(edited.size(), 1);
        QCOMPARE(form.draft().seeds, std::string("4"));
        QVERIFY(form.draft().published == draft.published);
        // With axes no arm has the name any more that the paper's result is of.
        draft.axes = {{"strategy.alpha", "0, 1"}};
        form.setDraft(draft);
        QVERIFY(form.draft().axes == draft.axes);
        QVERIFY(form.draft().published.empty());
    }

    void runsAreListedWithWhatChanges() {
        const auto sweep = std::make_shared<const Sweep>(
            parseSweep(test::kSmallSweep, "small.yaml", {}, MERGARIUM_SOURCE_DIR "/resources"));
        SweepProgress progress;
        progress.each.assign(4, {.run = std::nullopt, .budget = 60, .bestTest = std::nullopt, .trouble = {}});
        SweepRunsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.show(sweep, std::make_shared<const SweepProgress>(progress));
        QCOMPARE(model.rowCount(), 4);
        QCOMPARE(cell(model, 1, SweepRunsModel::ArmColumn), QString("ga"));
        QCOMPARE(cell(model, 2, SweepRunsModel::SeedColumn), QString("2"));
        QCOMPARE(cell(model, 2, SweepRunsModel::StateColumn), QString("Waiting"));
        QVERIFY(!model.run(2));
        // Where there is no room for it.
        QCOMPARE(model.index(1, SweepRunsModel::ArmColumn).data(Qt::ToolTipRole).toString(), QString("ga"));
        QVERIFY(model.index(1, SweepRunsModel::SeedColumn).data(Qt::ToolTipRole).toString().isEmpty());

        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        progress.each[2] = {.run = RunId{7},
                            .state = SweepRunState::Going,
                            .evaluations = 21,
                            .budget = 60,
                            .evaluationsPerSecond = 1012.0,
                            .bestTest = 0.684,
                            .trouble = {}};
        model.setProgress(std::make_shared<const SweepProgress>(progress));
        QCOMPARE(changed.size(), 1);
        QCOMPARE(changed[0][0].toModelIndex().row(), 2);
        QCOMPARE(cell(model, 2, SweepRunsModel::StateColumn), QString("Running"));
        QCOMPARE(cell(model, 2, SweepRunsModel::EvaluationsColumn), QString("21 of 60"));
        QCOMPARE(cell(model, 2, SweepRunsModel::RateColumn), QString("1,012/s"));
        QCOMPARE(cell(model, 2, SweepRunsModel::TestColumn), QString("68.4 %"));
        QCOMPARE(model.run(2)->value, 7);
        QCOMPARE(*model.goingRow(), 2);
        model.setProgress(std::make_shared<const SweepProgress>(progress));
        QCOMPARE(changed.size(), 1);
        progress.each[2].state = SweepRunState::Failed;
        progress.each[2].trouble = "Out of luck.";
        model.setProgress(std::make_shared<const SweepProgress>(progress));
        QCOMPARE(model.index(2, SweepRunsModel::StateColumn).data(Qt::ToolTipRole).toString(), QString("Out of luck."));
        QCOMPARE(model.index(2, SweepRunsModel::ArmColumn).data(Qt::ToolTipRole).toString(),
                 cell(model, 2, SweepRunsModel::ArmColumn) + "\nOut of luck.");
        model.show(nullptr, nullptr);
        QCOMPARE(model.rowCount(), 0);
    }
};

MERGARIUM_SUITE(SweepModelsTest)
#include "sweep_models_test.moc"
