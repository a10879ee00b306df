#include "tests/support/example_snapshot.h"
#include "tests/support/suite.h"
#include "tests/support/table_cell.h"
#include "ui/members/member_text.h"
#include "ui/members/sole_solvers.h"
#include "ui/overview/archive_table.h"
#include "ui/overview/overview_view.h"
#include "ui/overview/progress_plot.h"

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include <cmath>

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

SnapshotPtr showExample(ProgressPlot& plot) {
    plot.resize(800, 400);
    plot.show();
    const auto snapshot = exampleSnapshot();
    plot.setCurve(snapshot->curve, snapshot->budget);
    QCoreApplication::processEvents();
    plot.replot();
    return snapshot;
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
        QCOMPARE(solvedAloneBy(0, rows), alone[0]);
        QVERIFY(solvedAloneBy(1, rows).empty());
        QCOMPARE(solvedAloneBy(2, rows), alone[2]);
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
        Selection selection;
        OverviewView view(selection);
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
        Selection selection;
        OverviewView view(selection);
        view.resize(1000, 700);
        view.show();
        auto* table = view.findChild<QTableView*>();
        const auto snapshot = exampleSnapshot();
        view.setSnapshot(snapshot);
        QTRY_COMPARE(table->model()->rowCount(), 20);

        selection.select(snapshot->members[5]->id);
        QSignalSpy chosen(&selection, &Selection::changed);
        QCOMPARE(table->currentIndex().siblingAtColumn(0).data().toString(), memberText(snapshot->members[5]->id));

        const auto later = laterSnapshot(snapshot);
        view.setSnapshot(later);
        const auto newborn = memberText({later->evaluations + 2});
        QTRY_VERIFY(members(*table->model()).contains(newborn));
        QCOMPARE(table->currentIndex().siblingAtColumn(0).data().toString(), memberText(snapshot->members[5]->id));
        QCOMPARE(chosen.count(), 0);
    }

    void choosingARowTellsItsMember() {
        Selection selection;
        OverviewView view(selection);
        view.resize(1000, 700);
        view.show();
        auto* table = view.findChild<QTableView*>();
        view.setSnapshot(exampleSnapshot());
        QTRY_COMPARE(table->model()->rowCount(), 20);

        const auto click = [&](int row) {
            QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                              table->visualRect(table->model()->index(row, 1)).center());
        };
        click(2);
        QCOMPARE(memberText(selection.member().value()), cell(*table->model(), 2, 0));
        // The row is the current one already, but a sample has been looked at since.
        selection.select(std::size_t{3});
        click(2);
        QCOMPARE(selection.latest(), Selection::Subject::Member);
        QTest::keyClick(table, Qt::Key_Down);
        QCOMPARE(memberText(selection.member().value()), cell(*table->model(), 3, 0));
    }

    void aHiddenViewWaitsUntilItIsShown() {
        Selection selection;
        OverviewView view(selection);
        auto* table = view.findChild<QTableView*>();
        view.setSnapshot(exampleSnapshot());
        QCoreApplication::processEvents();
        QCOMPARE(table->model()->rowCount(), 0);
        view.show();
        QTRY_COMPARE(table->model()->rowCount(), 20);
    }

    void anotherRunStartsAfresh() {
        Selection selection;
        OverviewView view(selection);
        view.show();
        auto* table = view.findChild<QTableView*>();
        const auto snapshot = exampleSnapshot();
        view.setSnapshot(snapshot);
        QTRY_COMPARE(table->model()->rowCount(), 20);
        selection.select(snapshot->members[1]->id);
        view.setSnapshot(exampleSnapshot({.run = 2, .slots = 8, .members = 3}));
        QTRY_COMPARE(table->model()->rowCount(), 3);
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

    void oneGoesCloserToAPartOfTheCurvesAndBack() {
        ProgressPlot plot;
        const auto snapshot = showExample(plot);
        const auto wholeX = plot.xAxis->range(), wholeY = plot.yAxis->range();
        const auto inside = plot.axisRect()->rect();
        const auto at = [&](double right, double down) {
            return inside.topLeft() +
                   QPoint(static_cast<int>(right * inside.width()), static_cast<int>(down * inside.height()));
        };
        const auto drag = [&](QPoint from, QPoint to, Qt::MouseButton button, Qt::KeyboardModifiers keys = {}) {
            QTest::mousePress(&plot, button, keys, from);
            for (const auto& place : {(from + to) / 2, to}) {
                QMouseEvent move(QEvent::MouseMove, place, plot.mapToGlobal(place), Qt::NoButton, button, keys);
                QCoreApplication::sendEvent(&plot, &move);
            }
            QTest::mouseRelease(&plot, button, keys, to);
        };

        drag(at(0.25, 0.1), at(0.5, 0.6), Qt::LeftButton);
        const auto x = plot.xAxis->range(), y = plot.yAxis->range();
        QVERIFY(std::abs(x.size() - wholeX.size() / 4) < wholeX.size() / 50);
        QVERIFY(std::abs(y.size() - wholeY.size() / 2) < wholeY.size() / 50);
        QVERIFY(std::abs(x.lower - (wholeX.lower + wholeX.size() / 4)) < wholeX.size() / 50);

        // The run goes on, and one stays.
        auto longer = std::make_shared<std::vector<ProgressPoint>>(*snapshot->curve);
        longer->push_back(longer->back());
        longer->back().step += 1;
        plot.setCurve(longer, snapshot->budget);
        QCOMPARE(plot.xAxis->range(), x);
        QCOMPARE(plot.yAxis->range(), y);

        drag(at(0.5, 0.5), at(0.7, 0.5), Qt::MiddleButton);
        QVERIFY(std::abs(plot.xAxis->range().lower - (x.lower - 0.2 * x.size())) < x.size() / 50);
        QCOMPARE(plot.xAxis->range().size(), x.size());
        drag(at(0.7, 0.5), at(0.5, 0.5), Qt::LeftButton, Qt::ShiftModifier);
        QVERIFY(std::abs(plot.xAxis->range().lower - x.lower) < x.size() / 50);
        // The whole is never left.
        for (int times = 0; times < 5; ++times) drag(at(0.1, 0.5), at(0.9, 0.5), Qt::MiddleButton);
        QCOMPARE(plot.xAxis->range().lower, wholeX.lower);

        QTest::mouseDClick(&plot, Qt::LeftButton, {}, at(0.5, 0.5));
        QTest::mouseRelease(&plot, Qt::LeftButton, {}, at(0.5, 0.5));
        QCOMPARE(plot.xAxis->range(), wholeX);
        QCOMPARE(plot.yAxis->range(), wholeY);

        // A flat drag is a strip; a click nothing.
        drag(at(0.25, 0.5), at(0.75, 0.5), Qt::LeftButton);
        QCOMPARE(plot.yAxis->range(), wholeY);
        QVERIFY(plot.xAxis->range().size() < 0.6 * wholeX.size());
        QTest::keyClick(&plot, Qt::Key_Home);
        QCOMPARE(plot.xAxis->range(), wholeX);
        QTest::mouseClick(&plot, Qt::LeftButton, {}, at(0.5, 0.5));
        QCOMPARE(plot.xAxis->range(), wholeX);
    }

    void theWheelAndTheKeysGoCloser() {
        ProgressPlot plot;
        const auto snapshot = showExample(plot);
        const auto wholeX = plot.xAxis->range(), wholeY = plot.yAxis->range();
        const auto inside = plot.axisRect()->rect();
        const auto wheel = [&](QPoint place, int notches) {
            QWheelEvent event(place, plot.mapToGlobal(place), {}, {0, 120 * notches}, Qt::NoButton, {},
                              Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(&plot, &event);
        };
        wheel({inside.center().x(), inside.bottom() + 8}, 2);
        QVERIFY(plot.xAxis->range().size() < wholeX.size());
        QCOMPARE(plot.yAxis->range(), wholeY);
        wheel({inside.left() - 8, inside.center().y()}, 2);
        QVERIFY(plot.yAxis->range().size() < wholeY.size());
        wheel(inside.center(), -20);
        QCOMPARE(plot.xAxis->range(), wholeX);
        QCOMPARE(plot.yAxis->range(), wholeY);

        QTest::keyClick(&plot, Qt::Key_Plus);
        const auto closer = plot.xAxis->range();
        QVERIFY(closer.size() < wholeX.size());
        QTest::keyClick(&plot, Qt::Key_Up);
        QVERIFY(plot.yAxis->range().upper > wholeY.upper - wholeY.size() / 3);
        // Reading on to the left takes the view along.
        for (int times = 0; times < 40; ++times) QTest::keyClick(&plot, Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(plot.xAxis->range().lower, wholeX.lower);
        QCOMPARE(plot.xAxis->range().size(), closer.size());
        QTest::keyClick(&plot, Qt::Key_Minus);
        QCOMPARE(plot.xAxis->range().size(), wholeX.size());
        QTest::keyClick(&plot, Qt::Key_Plus);
        plot.setCurve(nullptr, 0);
        plot.setCurve(snapshot->curve, snapshot->budget);
        QCOMPARE(plot.xAxis->range(), wholeX);
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

MERGARIUM_SUITE(OverviewTest)
#include "overview_test.moc"
