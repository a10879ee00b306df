#include "tests/support/example_snapshot.h"
#include "tests/support/table_cell.h"
#include "ui/members/member_text.h"
#include "ui/members/sole_solvers.h"
#include "ui/overview/archive_table.h"
#include "ui/overview/overview_view.h"
#include "ui/overview/progress_plot.h"

#include <QAbstractItemModelTester>
#include <QTableView>
#include <QtTest>

using namespace mergarium;
using test::cell;

namespace {

ArchiveRow rowOf(std::uint64_t id, double fitness) {
    Member member;
    member.id = {id};
    member.scores = Scores({1.0f, 0.0f});
    return {.member = std::make_shared<const Member>(std::move(member)), .fitness = fitness, .test = std::nullopt};
}

QStringList members(const QAbstractItemModel& model) {
    QStringList names;
    for (int row = 0; row < model.rowCount(); ++row) names << cell(model, row, ArchiveTable::MemberColumn);
    return names;
}

}  // namespace

class OverviewTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void solvedAloneCountsWhatNobodyElseSolves() {
        const std::vector<float> a{1, 1, 0, 0}, b{0, 1, 0, 1};
        const std::vector<std::span<const float>> rows{a, {}, b};
        const auto alone = solvedAlone(rows, 4);
        QCOMPARE(alone[0], (std::vector<std::uint32_t>{0}));
        QVERIFY(alone[1].empty());
        QCOMPARE(alone[2], (std::vector<std::uint32_t>{3}));
    }

    void spliceIsWordedByItsNumberOfSplits() {
        QCOMPARE(spliceText({.splits = {}, .ratio = 0.63}, 100), QString("ratio 0.63"));
        QCOMPARE(spliceText({.splits = {41}, .ratio = 0.63}, 100), QString("split 0.41, ratio 0.63"));
        QCOMPARE(spliceText({.splits = {41}, .ratio = 0.63}, 0), QString("split at 41, ratio 0.63"));
        QCOMPARE(spliceText({.splits = {1, 2, 3}, .ratio = 0.5}, 100), QString("3 splits, ratio 0.50"));
    }

    void theTableSaysWhatTheSnapshotKnows() {
        ArchiveTable table;
        QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto snapshot = exampleSnapshot();
        table.setRows(archiveRows(*snapshot), vectorLength(*snapshot));
        QCOMPARE(table.rowCount(), 20);
        for (int row = 1; row < 20; ++row)
            QVERIFY(cell(table, row - 1, ArchiveTable::FitnessColumn).toDouble() >=
                    cell(table, row, ArchiveTable::FitnessColumn).toDouble());

        const auto child = snapshot->members[2];
        const int row = *table.rowOf(child->id.value);
        QCOMPARE(cell(table, row, ArchiveTable::TrainColumn), QString::number(100 * child->scores.mean(), 'f', 1));
        QCOMPARE(cell(table, row, ArchiveTable::TestColumn), QString("\u2013"));
        QVERIFY(cell(table, row, ArchiveTable::ParentsColumn).startsWith("#2 \u00d7 #1, split 0."));
        QVERIFY(cell(table, row, ArchiveTable::AloneColumn).toInt() >= 1);
        const int founder = *table.rowOf(1);
        QCOMPARE(cell(table, founder, ArchiveTable::ParentsColumn), QString("founder"));
        QCOMPARE(cell(table, founder, ArchiveTable::AgeColumn), QString("4,213"));
        QVERIFY(cell(table, founder, ArchiveTable::TestColumn) != QString("\u2013"));
    }

    void equalMembersKeepTheOrderOfTheirIds() {
        ArchiveTable table;
        table.setRows({rowOf(1, 2.0), rowOf(2, 5.0), rowOf(3, 2.0), rowOf(4, 2.0)}, 0);
        QCOMPARE(members(table), (QStringList{"#2", "#1", "#3", "#4"}));
        table.sort(ArchiveTable::FitnessColumn, Qt::AscendingOrder);
        QCOMPARE(members(table), (QStringList{"#1", "#3", "#4", "#2"}));
        table.sort(ArchiveTable::MemberColumn, Qt::DescendingOrder);
        QCOMPARE(members(table), (QStringList{"#4", "#3", "#2", "#1"}));
    }

    void unknownTestScoresComeLastEitherWay() {
        ArchiveTable table;
        auto known = rowOf(1, 1.0);
        known.test = 0.5;
        table.setRows({known, rowOf(2, 2.0)}, 0);
        for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            table.sort(ArchiveTable::TestColumn, order);
            QCOMPARE(members(table), (QStringList{"#1", "#2"}));
        }
    }

    void rowsChangeInPlaceAndIndexesFollowTheirMember() {
        ArchiveTable table;
        QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        table.setRows({rowOf(1, 3.0), rowOf(2, 2.0), rowOf(3, 1.0)}, 0);
        QSignalSpy resets(&table, &QAbstractItemModel::modelReset);
        QSignalSpy inserts(&table, &QAbstractItemModel::rowsInserted);
        QSignalSpy changes(&table, &QAbstractItemModel::dataChanged);
        const QPersistentModelIndex second(table.index(1, 0));
        const QPersistentModelIndex third(table.index(2, 0));

        table.setRows({rowOf(1, 3.0), rowOf(2, 9.0), rowOf(4, 1.0)}, 0);
        QCOMPARE(second.row(), 0);
        QVERIFY(!third.isValid());
        QCOMPARE(resets.count() + inserts.count(), 0);
        QVERIFY(changes.count() > 0);

        table.setRows({rowOf(1, 3.0), rowOf(2, 9.0), rowOf(4, 1.0), rowOf(5, 20.0)}, 0);
        QCOMPARE(inserts.count(), 1);
        QCOMPARE(second.row(), 1);
        QCOMPARE(members(table), (QStringList{"#5", "#2", "#1", "#4"}));
        QCOMPARE(resets.count(), 0);
    }

    void aViewWithoutARunSaysWhatWillAppear() {
        OverviewView view;
        view.setSnapshot(nullptr);
        view.show();
        QVERIFY(!view.findChild<QTableView*>()->isVisible());
        auto preparing = std::make_shared<SessionSnapshot>();
        preparing->message = "Reading the digits.";
        view.setSnapshot(preparing);
        const auto labels = view.findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(),
                            [](auto* label) { return label->isVisible() && label->text() == "Reading the digits."; }));
    }

    void selectionStaysWithTheMember() {
        OverviewView view;
        view.resize(1000, 700);
        view.show();
        auto* table = view.findChild<QTableView*>();
        const auto snapshot = exampleSnapshot();
        view.setSnapshot(snapshot);
        QTRY_COMPARE(table->model()->rowCount(), 20);

        QSignalSpy chosen(&view, &OverviewView::memberSelected);
        view.selectMember(snapshot->members[5]->id);
        QCOMPARE(chosen.count(), 0);
        QCOMPARE(table->currentIndex().siblingAtColumn(0).data().toString(), memberText(snapshot->members[5]->id));

        const auto later = laterSnapshot(snapshot);
        view.setSnapshot(later);
        const auto newborn = memberText({later->evaluations + 2});
        QTRY_VERIFY(members(*table->model()).contains(newborn));
        QCOMPARE(table->currentIndex().siblingAtColumn(0).data().toString(), memberText(snapshot->members[5]->id));
        QCOMPARE(chosen.count(), 0);
    }

    void choosingARowTellsItsMember() {
        OverviewView view;
        view.resize(1000, 700);
        view.show();
        auto* table = view.findChild<QTableView*>();
        view.setSnapshot(exampleSnapshot());
        QTRY_COMPARE(table->model()->rowCount(), 20);
        QSignalSpy chosen(&view, &OverviewView::memberSelected);

        const auto click = [&](int row) {
            QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                              table->visualRect(table->model()->index(row, 1)).center());
        };
        click(2);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(memberText(chosen.back()[0].value<MemberId>()), cell(*table->model(), 2, 0));
        click(2);
        QCOMPARE(chosen.count(), 2);
        QTest::keyClick(table, Qt::Key_Down);
        QCOMPARE(chosen.count(), 3);
        QCOMPARE(memberText(chosen.back()[0].value<MemberId>()), cell(*table->model(), 3, 0));
    }

    void aHiddenViewWaitsUntilItIsShown() {
        OverviewView view;
        auto* table = view.findChild<QTableView*>();
        view.setSnapshot(exampleSnapshot());
        QCoreApplication::processEvents();
        QCOMPARE(table->model()->rowCount(), 0);
        view.show();
        QTRY_COMPARE(table->model()->rowCount(), 20);
    }

    void anotherRunStartsAfresh() {
        OverviewView view;
        view.show();
        auto* table = view.findChild<QTableView*>();
        const auto snapshot = exampleSnapshot();
        view.setSnapshot(snapshot);
        QTRY_COMPARE(table->model()->rowCount(), 20);
        view.selectMember(snapshot->members[1]->id);
        view.setSnapshot(exampleSnapshot({.run = 2, .slots = 8, .members = 3}));
        QTRY_COMPARE(table->model()->rowCount(), 3);
        QVERIFY(!table->currentIndex().isValid());
        view.setSnapshot(nullptr);
        QCOMPARE(table->model()->rowCount(), 0);
    }

    void theLegendSaysTheLatestValues() {
        ProgressPlot plot;
        const auto snapshot = exampleSnapshot();
        plot.setCurve(snapshot->curve, snapshot->budget);
        const auto& last = snapshot->curve->back();
        QVERIFY(plot.legendText(0).contains(percentNumber(last.bestTrain)));
        QVERIFY(plot.legendText(2).contains(percentNumber(last.bestTest)));
        QVERIFY(plot.legendText(3).contains(percentNumber(last.coverage)));
        QTest::keyClick(&plot, Qt::Key_Home);
        QVERIFY(plot.legendText(0).contains(percentNumber(snapshot->curve->front().bestTrain)));
        QTest::keyClick(&plot, Qt::Key_End);
        QVERIFY(plot.legendText(0).contains(percentNumber(last.bestTrain)));
    }

    void theHorizontalAxisSeldomMoves() {
        QCOMPARE(axisEnd(0, 10'000), 10.0);
        QCOMPARE(axisEnd(4'213, 10'000), 5'000.0);
        QCOMPARE(axisEnd(5'001, 10'000), 10'000.0);
        QCOMPARE(axisEnd(2'500, 3'000), 3'000.0);
        QCOMPARE(axisEnd(12, 0), 20.0);
        QCOMPARE(axisEnd(7, 0), 10.0);
    }

    void everyCurveIsDrawnInItsPlace() {
        ProgressPlot plot;
        plot.resize(800, 400);
        const auto snapshot = exampleSnapshot();
        plot.setCurve(snapshot->curve, snapshot->budget);
        QVERIFY(plot.xAxis->range().contains(static_cast<double>(snapshot->evaluations)));
        for (int line = 0; line < plot.graphCount(); ++line) {
            QCOMPARE(plot.graph(line)->dataCount(), static_cast<int>(snapshot->curve->size()));
            QVERIFY(plot.yAxis->range().contains((plot.graph(line)->data()->constEnd() - 1)->value));
            QVERIFY(plot.yAxis->range().contains(plot.graph(line)->data()->constBegin()->value));
        }
    }
};

QTEST_MAIN(OverviewTest)
#include "overview_test.moc"
