#include "core/comparison/comparison.h"
#include "tests/support/suite.h"
#include "tests/support/table_cell.h"
#include "ui/compare/arm_colors.h"
#include "ui/compare/compare_plot.h"
#include "ui/compare/compare_table.h"
#include "ui/compare/compare_view.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <set>

using namespace mergarium;
using test::cell;

namespace {

/// A run whose test score climbs to `end`.
ComparedRun runOf(const std::string& arm, std::uint64_t seed, double end, bool finished = true) {
    ComparedRun run{.arm = arm, .seed = seed, .budget = 1000, .finished = finished, .curve = {}};
    for (std::uint64_t step = 0; step <= 1000; step += 50) {
        const double way = static_cast<double>(step) / 1000.0;
        run.curve.push_back({.step = step,
                             .bestTrain = end * way + 0.1,
                             .meanTrain = 0.0,
                             .bestTest = end * way,
                             .coverage = 0.9,
                             .disagreement = 0.2});
    }
    return run;
}

Comparison example() {
    const std::vector<ComparedRun> runs{runOf("m2n2", 1, 0.70), runOf("m2n2", 2, 0.72), runOf("m2n2", 3, 0.74),
                                        runOf("ga", 1, 0.50),   runOf("ga", 2, 0.56),   runOf("ga", 3, 0.9, false)};
    const std::vector<PublishedResult> published{{.arm = "m2n2", .test = 0.684}};
    return compareArms("example", runs, published);
}

}  // namespace

class CompareTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theTableSaysTheEndWithItsInterval() {
        CompareTable table;
        QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        table.show(std::make_shared<const Comparison>(example()), 0);
        QCOMPARE(table.rowCount(), 2);
        QCOMPARE(cell(table, 0, CompareTable::ArmColumn), QString("m2n2"));
        // Where there is no room for it.
        QCOMPARE(table.index(0, CompareTable::ArmColumn).data(Qt::ToolTipRole).toString(), QString("m2n2"));
        QCOMPARE(cell(table, 0, CompareTable::EndColumn), QString("72.0 \u00b1 1.2"));
        QCOMPARE(cell(table, 0, CompareTable::IntervalColumn), QString("67.0 to 77.0"));
        QCOMPARE(cell(table, 0, CompareTable::DifferenceColumn), QString("\u2013"));
        QCOMPARE(cell(table, 0, CompareTable::PublishedColumn), QString("68.4"));
        QCOMPARE(cell(table, 1, CompareTable::RunsColumn), QString("2 (+1 unfinished)"));
        // Seeds 1 and 2: -20 and -16 points.
        QCOMPARE(cell(table, 1, CompareTable::DifferenceColumn), QString("-18.0"));
        QCOMPARE(cell(table, 1, CompareTable::PublishedColumn), QString("\u2013"));
    }

    void whatWasNeverHeldOutIsNoZero() {
        auto run = runOf("m2n2", 1, 0.7);
        for (auto& point : run.curve) point.bestTest = 0.0;
        CompareTable table;
        table.show(std::make_shared<const Comparison>(compareArms("one", std::vector{run})), 0);
        for (const int column : {CompareTable::EndColumn, CompareTable::AreaColumn})
            QCOMPARE(cell(table, 0, column), QString("\u2013"));
        table.show(std::make_shared<const Comparison>(compareArms("one", std::vector{run})), 1);
        QCOMPARE(cell(table, 0, CompareTable::EndColumn), QString("80.0"));
    }

    void curvesAreMeanAndBandOfEveryArm() {
        CurvesRequest request{.comparison = std::make_shared<const Comparison>(example()),
                              .measure = 0,
                              .stressed = {},
                              .hidden = {},
                              .size = {400, 300},
                              .pixelRatio = 2.0,
                              .colors = colorsOf(QPalette())};
        const auto frame = makeCurvesFrame(request);
        QCOMPARE(frame->end, 1000.0);
        // The highest is m2n2 at its end with one standard error, 0.02 / sqrt(3).
        const double top = 72.0 + 100.0 * 0.02 / std::sqrt(3.0);
        QVERIFY(frame->most > top && frame->most < top + 5.0);
        QCOMPARE(frame->image.size(), QSize(800, 600));
        const auto pixelAt = [](const CurvesFrame& one, double evaluations, double value) {
            const auto& image = one.image;
            return image.pixelColor(static_cast<int>(evaluations / one.end * image.width()),
                                    static_cast<int>((one.most - value) / (one.most - one.least) * image.height()));
        };
        const auto first = armStyle(0, request.colors).color, second = armStyle(1, request.colors).color;
        QCOMPARE(pixelAt(*frame, 985.0, 72.0 * 0.95).rgb(), first.rgb());
        QVERIFY(pixelAt(*frame, 500.0, 60.0).alpha() == 0);
        const auto inBand = pixelAt(*frame, 990.0, 55.5 * 0.95);
        QVERIFY(inBand.alpha() > 20 && inBand.alpha() < 120);

        request.stressed = 0;
        QVERIFY(pixelAt(*makeCurvesFrame(request), 985.0, 53.0 * 0.95).alpha() < 130);
        request.hidden = {0};
        const auto rest = makeCurvesFrame(request);
        QVERIFY(rest->most < 62.0);
        request.hidden = {0, 1};
        QVERIFY(makeCurvesFrame(request)->image.isNull());
        QVERIFY(first != second);
    }

    void axesAndCurvesChangeTogether() {
        ComparePlot plot;
        plot.resize(700, 400);
        plot.show(std::make_shared<const Comparison>(example()), 0);
        QVERIFY(!plot.frame());
        QTRY_VERIFY(plot.frame() && plot.frame()->request.size == plot.axisRect()->size());
        QCOMPARE(plot.xAxis->range().upper, 1000.0);
        QVERIFY(plot.yAxis->range().contains(73.0));
        plot.hideArms({0});
        QVERIFY(plot.yAxis->range().contains(73.0));
        QTRY_VERIFY(!plot.yAxis->range().contains(73.0));
        plot.show(nullptr, 0);
        QTRY_VERIFY(plot.frame()->image.isNull());
    }

    void hiddenAndChosenArmsStaySoWhenARunLands() {
        CompareView view([&](const auto&) { return std::vector{example()}; });
        view.resize(900, 600);
        view.show();
        view.compare({"sweep"});
        auto* table = view.findChild<QTableView*>();
        QCOMPARE(table->textElideMode(), Qt::ElideMiddle);
        QAbstractItemModelTester tester(table->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto* plot = view.findChild<ComparePlot*>();
        QTRY_COMPARE(table->model()->rowCount(), 2);
        QVERIFY(table->model()->setData(table->model()->index(1, 0), Qt::Unchecked, Qt::CheckStateRole));
        table->selectRow(0);
        QTRY_VERIFY(plot->frame() && plot->frame()->request.hidden == std::set<std::size_t>{1});
        QTRY_VERIFY(plot->frame()->request.stressed == std::optional<std::size_t>(0));
        const auto before = plot->frame()->request.comparison;
        view.refresh();
        QTRY_VERIFY(plot->frame()->request.comparison != before);
        QVERIFY(plot->frame()->request.hidden == std::set<std::size_t>{1});
        QVERIFY(plot->frame()->request.stressed == std::optional<std::size_t>(0));
        QVERIFY(table->selectionModel()->isRowSelected(0, {}));
    }

    void theCursorReadsTheCurves() {
        ComparePlot plot;
        plot.resize(700, 400);
        plot.show(std::make_shared<const Comparison>(example()), 0);
        QTRY_VERIFY(plot.frame());
        QTest::keyClick(&plot, Qt::Key_End);
        QVERIFY(plot.accessibleDescription().contains("After 1,000 evaluations: m2n2: 72.0 \u00b1 1.2, ga: 53.0"));
        QTest::keyClick(&plot, Qt::Key_Escape);
        QVERIFY(plot.accessibleDescription().isEmpty());
    }

    void oneSeedHasNoError() {
        ComparePlot plot;
        plot.resize(700, 400);
        plot.show(std::make_shared<const Comparison>(compareArms("one", std::vector{runOf("m2n2", 1, 0.7)})), 0);
        QTRY_VERIFY(plot.frame());
        QTest::keyClick(&plot, Qt::Key_End);
        QVERIFY(plot.accessibleDescription().contains("m2n2: 70.0"));
        QVERIFY(!plot.accessibleDescription().contains(QChar(0xb1)));
    }

    void theViewReadsOnAnotherThreadAndKeepsWhatWasChosen() {
        const auto* window = QThread::currentThread();
        std::atomic<bool> elsewhere = false;
        CompareView view([&](const std::vector<std::string>& names) {
            elsewhere = QThread::currentThread() != window;
            auto one = example();
            one.title = names.front();
            return std::vector{one, example()};
        });
        view.resize(900, 600);
        view.show();
        auto* table = view.findChild<QTableView*>();
        QVERIFY(!table->isVisible());
        view.compare({"sweep"});
        QTRY_COMPARE(table->model()->rowCount(), 2);
        QVERIFY(elsewhere);
        auto* which = view.findChild<QComboBox*>("which");
        QVERIFY(which->isVisible());
        QCOMPARE(which->itemText(0), QString("sweep"));
        which->setCurrentIndex(1);
        view.findChild<QComboBox*>("measure")->setCurrentIndex(2);
        QCOMPARE(cell(*table->model(), 0, CompareTable::EndColumn), QString("90.0 \u00b1 0.0"));
        view.refresh();
        QTest::qWait(0);
        QTRY_COMPARE(which->currentIndex(), 1);
    }

    void whatCantBeReadIsSaidInOneSentence() {
        CompareView view([](const auto&) -> std::vector<Comparison> {
            throw std::runtime_error("runs.db: there is no sweep 'x'.");
        });
        QSignalSpy failed(&view, &CompareView::failed);
        view.show();
        view.compare({"x"});
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(failed[0][0].toString(), QString("runs.db: there is no sweep 'x'."));
        QVERIFY(!view.findChild<QTableView*>()->isVisible());
    }

    void aComparisonIsSavedAsItsNameSays() {
        QTemporaryDir folder;
        const std::vector comparisons{example()};
        const std::vector<std::pair<QString, QByteArray>> files{
            {"a.svg", "<"}, {"a.pdf", "%PDF"}, {"a.csv", ""}, {"a.md", ""}};
        for (const auto& [name, begin] : files) {
            saveComparisons(comparisons, folder.filePath(name));
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QFile::ReadOnly));
            const auto content = file.readAll();
            QVERIFY(content.size() > 50);
            QVERIFY(content.startsWith(begin));
        }
        QVERIFY_EXCEPTION_THROWN(saveComparisons(comparisons, folder.filePath("a.xls")), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(saveComparisons(comparisons, "/no/such/folder/a.svg"), std::runtime_error);
    }
};

MERGARIUM_SUITE(CompareTest)
#include "compare_test.moc"
