#include "core/store/run_catalog.h"
#include "tests/support/stopped_run.h"
#include "tests/support/suite.h"
#include "tests/support/table_cell.h"
#include "ui/births/birth_table.h"
#include "ui/births/births_view.h"
#include "ui/members/member_text.h"
#include "ui/session/run_text.h"

#include <fmt/format.h>

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTableView>
#include <QTest>

#include <random>

using namespace mergarium;
using namespace mergarium::test;

namespace {

constexpr int kMany = 5'760;

SnapshotPtr snapshotOf(const std::filesystem::path& database) {
    return std::make_shared<const SessionSnapshot>(RunCatalog(database).snapshot({1}));
}

/// The same run with other births stored.
SnapshotPtr later(SessionSnapshot snapshot, std::uint64_t evaluations) {
    snapshot.evaluations = evaluations;
    return std::make_shared<const SessionSnapshot>(std::move(snapshot));
}

void storedAre(const std::filesystem::path& database, std::uint64_t evaluations) {
    exec(database, fmt::format("UPDATE runs SET evaluations = {}", evaluations));
}

/// The view as a person sees it.
struct Seen {
    explicit Seen(const std::filesystem::path& database) : view(database, selection) {
        view.resize(1100, 500);
        view.show();
    }
    Seen(const std::filesystem::path& database, const SnapshotPtr& snapshot) : Seen(database) {
        view.setSnapshot(snapshot);
    }

    QTableView& table() { return *view.findChild<QTableView*>(); }
    BirthTable& births() { return *view.findChild<BirthTable*>(); }
    int rows() { return births().rowCount(); }
    int top() { return std::max(0, table().rowAt(0)); }
    std::uint64_t stepAt(int row) { return births().birthAt(row).value_or(Pairing()).step; }
    bool says(const QString& words) {
        for (const auto* label : view.findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(words)) return true;
        return false;
    }
    template <class Widget>
    Widget* child(const char* name) {
        return view.findChild<Widget*>(name);
    }

    Selection selection;
    BirthsView view;
};

}  // namespace

class BirthsTest : public QObject, private test::StoppedRun {
    Q_OBJECT

    std::vector<Pairing> births_;

private Q_SLOTS:
    void initTestCase() {
        make();
        exec(good_, "UPDATE births SET failure = 'The program ended.' WHERE slot IS NULL AND step % 3 = 0");
        births_ = RunCatalog(good_).births({1});
    }

    void everyBirthHasItsRow() {
        Seen seen(good_, snapshotOf(good_));
        QTRY_COMPARE(seen.rows(), static_cast<int>(births_.size()));
        const QAbstractItemModelTester tester(&seen.births(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto& table = seen.births();
        for (int row = 0; row < seen.rows(); ++row) {
            // The latest stands at the top.
            const auto& birth = births_[births_.size() - 1 - static_cast<std::size_t>(row)];
            QCOMPARE(cell(table, row, BirthTable::StepColumn), countText(birth.step));
            QCOMPARE(cell(table, row, BirthTable::FirstColumn), memberText(birth.first));
            QCOMPARE(cell(table, row, BirthTable::SecondColumn), memberText(birth.second));
            QCOMPARE(cell(table, row, BirthTable::ChildColumn), memberText(birth.child));
            const bool failed = !birth.failure.empty();
            QCOMPARE(cell(table, row, BirthTable::TrainColumn),
                     failed ? QString(u'\u2013') : percentNumber(birth.childTrain));
            QCOMPARE(cell(table, row, BirthTable::OutcomeColumn), QString(birth.accepted ? "accepted"
                                                                          : failed       ? "failed"
                                                                                         : "rejected"));
            QCOMPARE(cell(table, row, BirthTable::ReplacedColumn),
                     birth.replaced ? memberText(*birth.replaced) : QString(u'\u2013'));
            QCOMPARE(cell(table, row, BirthTable::FailureColumn), QString::fromStdString(birth.failure));
        }
        QVERIFY(seen.says("45 births."));
    }

    void whoScrollsFastSeesTheRightRows_data() {
        QTest::addColumn<bool>("byScore");
        QTest::addColumn<bool>("descending");
        for (const bool byScore : {false, true})
            for (const bool descending : {false, true})
                QTest::newRow(qPrintable(QString("%1, %2").arg(byScore ? "score" : "step", descending ? "down" : "up")))
                    << byScore << descending;
    }
    void whoScrollsFastSeesTheRightRows() {
        QFETCH(bool, byScore);
        QFETCH(bool, descending);
        const auto copy = copyOfGood();
        prolong(copy, kMany);
        auto right = RunCatalog(copy).births({1});
        if (byScore) std::ranges::stable_sort(right, {}, &Pairing::childTrain);
        if (descending) std::ranges::reverse(right);

        BirthTable table(copy);
        table.sort(byScore ? BirthTable::TrainColumn : BirthTable::StepColumn,
                   descending ? Qt::DescendingOrder : Qt::AscendingOrder);
        table.setRun(RunId{1});
        QTRY_COMPARE(table.rowCount(), kMany);
        std::mt19937 random(7);
        for (int round = 0; round < 40; ++round) {
            int first = 0;
            for (int jump = 0; jump < 5; ++jump) {
                first = static_cast<int>(random() % (kMany - 30));
                table.setVisible(first, 30);
                QCoreApplication::processEvents();
            }
            QTRY_VERIFY(table.birthAt(first) && table.birthAt(first + 29));
            // What stands there is right, on the screen and off it.
            for (int row = 0; row < kMany; ++row)
                if (const auto birth = table.birthAt(row))
                    QCOMPARE(birth->step, right[static_cast<std::size_t>(row)].step);
        }
    }

    void theLatestBirthsAreFollowed() {
        const auto copy = copyOfGood();
        storedAre(copy, 20);
        const auto snapshot = later(*snapshotOf(good_), 20);
        Seen seen(copy, snapshot);
        QTRY_COMPARE(seen.stepAt(0), 20u);
        storedAre(copy, 45);
        seen.view.setSnapshot(later(*snapshot, 45));
        QTRY_COMPARE(seen.stepAt(0), 45u);
        QCOMPARE(seen.top(), 0);

        // From the other end.
        storedAre(copy, 40);
        Seen other(copy, snapshot);
        other.table().horizontalHeader()->setSortIndicator(BirthTable::StepColumn, Qt::AscendingOrder);
        QTRY_COMPARE(other.rows(), 40);
        auto* bar = other.table().verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > 0);
        bar->setValue(bar->maximum());
        storedAre(copy, 45);
        other.view.setSnapshot(later(*snapshot, 45));
        QTRY_COMPARE(other.rows(), 45);
        QTRY_COMPARE(bar->value(), bar->maximum());
    }

    void whoReadsStaysThere_data() {
        QTest::addColumn<int>("column");
        QTest::addColumn<bool>("descending");
        QTest::newRow("by step, down") << int{BirthTable::StepColumn} << true;
        QTest::newRow("by step, up") << int{BirthTable::StepColumn} << false;
        QTest::newRow("by score, down") << int{BirthTable::TrainColumn} << true;
        QTest::newRow("by score, up") << int{BirthTable::TrainColumn} << false;
    }
    void whoReadsStaysThere() {
        QFETCH(int, column);
        QFETCH(bool, descending);
        const auto copy = copyOfGood();
        prolong(copy, kMany);
        const auto snapshot = later(*snapshotOf(copy), 3'000);
        storedAre(copy, 3'000);
        Seen seen(copy, snapshot);
        seen.table().horizontalHeader()->setSortIndicator(column,
                                                          descending ? Qt::DescendingOrder : Qt::AscendingOrder);
        QTRY_COMPARE(seen.rows(), 3'000);
        QTRY_VERIFY(seen.table().verticalScrollBar()->maximum() > 0);
        seen.table().verticalScrollBar()->setValue(1'234);
        QTRY_VERIFY(seen.stepAt(seen.top()) > 0);
        const auto step = seen.stepAt(seen.top());
        storedAre(copy, 3'100);
        seen.view.setSnapshot(later(*snapshot, 3'100));
        QTRY_COMPARE(seen.rows(), 3'100);
        QTRY_COMPARE(seen.stepAt(seen.top()), step);
    }

    void filtersNarrowTheTable() {
        Seen seen(good_, snapshotOf(good_));
        QTRY_COMPARE(seen.rows(), static_cast<int>(births_.size()));
        auto* outcome = seen.child<QComboBox>("births.outcome");
        outcome->setCurrentIndex(outcome->findText("Accepted"));
        const auto accepted = std::ranges::count_if(births_, [](const auto& birth) { return birth.accepted; });
        QTRY_COMPARE(seen.rows(), static_cast<int>(accepted));
        QTRY_VERIFY(seen.says(QString("%1 of 45 births.").arg(accepted)));
        outcome->setCurrentIndex(0);

        const auto parent = births_.back().second;
        seen.child<QLineEdit>("births.member")->setText(memberText(parent));
        auto* part = seen.child<QComboBox>("births.part");
        part->setCurrentIndex(part->findText("with parent"));
        const auto children = std::ranges::count_if(
            births_, [&](const auto& birth) { return birth.first == parent || birth.second == parent; });
        QTRY_COMPARE(seen.rows(), static_cast<int>(children));

        seen.child<QLineEdit>("births.member")->setText("#999");
        QTRY_VERIFY(seen.says("No birth of this run is like that."));
        QVERIFY(!seen.table().isVisible());
        seen.child<QLineEdit>("births.member")->clear();
        QTRY_COMPARE(seen.rows(), static_cast<int>(births_.size()));
    }

    void theSelectedMemberIsTakenByAClick() {
        Seen seen(good_, snapshotOf(good_));
        QTRY_COMPARE(seen.rows(), static_cast<int>(births_.size()));
        auto* take = seen.child<QPushButton>("births.take");
        QVERIFY(!take->isEnabled());
        seen.selection.select(births_.back().first);
        QTest::mouseClick(take, Qt::LeftButton);
        QCOMPARE(seen.child<QLineEdit>("births.member")->text(), memberText(births_.back().first));
        QTRY_VERIFY(seen.rows() < static_cast<int>(births_.size()) && seen.rows() > 0);
    }

    void aRowIsItsChildInEveryView() {
        Seen seen(good_, snapshotOf(good_));
        QTRY_VERIFY(seen.births().birthAt(3));
        seen.table().selectRow(3);
        QCOMPARE(seen.selection.member().value(), births_[births_.size() - 4].child);

        // Chosen elsewhere: its row is marked, and brought into sight.
        seen.selection.select(births_.front().child);
        QTRY_COMPARE(seen.table().currentIndex().row(), static_cast<int>(births_.size()) - 1);
        QVERIFY(seen.table().selectionModel()->isRowSelected(seen.rows() - 1));
        QTRY_COMPARE(seen.table().verticalScrollBar()->value(), seen.table().verticalScrollBar()->maximum());
        QCOMPARE(seen.selection.member().value(), births_.front().child);

        // A founder was never born.
        seen.selection.select(MemberId{1});
        QVERIFY(!seen.table().selectionModel()->hasSelection());
        seen.selection.clear();
        QVERIFY(!seen.table().selectionModel()->hasSelection());
    }

    void theMarkStaysWithItsBirth() {
        const auto copy = copyOfGood();
        storedAre(copy, 30);
        const auto snapshot = later(*snapshotOf(good_), 30);
        Seen seen(copy, snapshot);
        QTRY_COMPARE(seen.stepAt(0), 30u);
        seen.table().selectRow(2);
        const auto child = seen.selection.member();
        for (const int column : {BirthTable::TrainColumn, BirthTable::StepColumn}) {
            seen.table().horizontalHeader()->setSortIndicator(column, Qt::DescendingOrder);
            QTRY_COMPARE(seen.births().birthAt(seen.table().currentIndex().row()).value_or(Pairing{}).child, *child);
        }
        storedAre(copy, 45);
        seen.view.setSnapshot(later(*snapshot, 45));
        QTRY_COMPARE(seen.rows(), 45);
        QTRY_COMPARE(seen.table().currentIndex().row(), 17);
        QCOMPARE(seen.selection.member(), child);
    }

    void enterSelectsWhoStandsThere() {
        Seen seen(good_, snapshotOf(good_));
        QTRY_VERIFY(seen.births().birthAt(0));
        const auto& birth = births_.back();
        const auto enter = [&](int column) {
            seen.table().setCurrentIndex(seen.births().index(0, column));
            QTest::keyClick(&seen.table(), Qt::Key_Return);
        };
        enter(BirthTable::FirstColumn);
        QCOMPARE(seen.selection.member().value(), birth.first);
        enter(BirthTable::SecondColumn);
        QCOMPARE(seen.selection.member().value(), birth.second);
        enter(BirthTable::ChildColumn);
        QCOMPARE(seen.selection.member().value(), birth.child);
    }

    void oneGoesToAStep() {
        const auto copy = copyOfGood();
        prolong(copy, kMany);
        Seen seen(copy, snapshotOf(copy));
        QTRY_COMPARE(seen.rows(), kMany);
        auto* step = seen.child<QLineEdit>("births.step");
        step->setText("1,234");
        QTest::keyClick(step, Qt::Key_Return);
        QTRY_COMPARE(seen.stepAt(seen.table().currentIndex().row()), 1'234u);
        QVERIFY(seen.table().viewport()->rect().intersects(seen.table().visualRect(seen.table().currentIndex())));
        QTRY_VERIFY(seen.selection.member().has_value());
        QCOMPARE(seen.selection.member()->value, births_.front().child.value - 1 + 1'234);
        // Beyond the last there is the last.
        step->setText("99999999");
        QTest::keyClick(step, Qt::Key_Return);
        QTRY_COMPARE(seen.table().currentIndex().row(), 0);
    }

    void onlyStepsAndScoresAreSortedBy() {
        Seen seen(good_, snapshotOf(good_));
        QTRY_COMPARE(seen.rows(), static_cast<int>(births_.size()));
        auto* header = seen.table().horizontalHeader();
        header->setSortIndicator(BirthTable::TrainColumn, Qt::DescendingOrder);
        QTRY_VERIFY(seen.births().birthAt(0));
        QCOMPARE(seen.births().birthAt(0)->childTrain, std::ranges::max(births_, {}, &Pairing::childTrain).childTrain);
        header->setSortIndicator(BirthTable::OutcomeColumn, Qt::AscendingOrder);
        QCOMPARE(header->sortIndicatorSection(), int{BirthTable::TrainColumn});
        QCOMPARE(header->sortIndicatorOrder(), Qt::DescendingOrder);
    }

    void aRunWithoutBirthsSaysWhatWillAppear() {
        const auto copy = copyOfGood();
        storedAre(copy, 0);
        Seen seen(copy, later(*snapshotOf(good_), 0));
        QTRY_VERIFY(seen.says("Every birth of this run appears here"));
        seen.view.setSnapshot(nullptr);
        QVERIFY(seen.says("Start a new run"));
        QCOMPARE(seen.rows(), 0);
    }

    void whatIsDamagedIsOneSentence() {
        const auto copy = copyOfGood();
        exec(copy, "UPDATE births SET train = 1e30 WHERE step = 44");
        Seen seen(copy, snapshotOf(good_));
        QTRY_VERIFY(seen.says("births, step 44: train is 1e+30"));
        // What can be read can still be chosen.
        seen.child<QComboBox>("births.part")->setCurrentIndex(1);
        seen.child<QLineEdit>("births.member")->setText(memberText(births_.front().first));
        QTRY_VERIFY(seen.births().birthAt(0) || !seen.births().problem().isEmpty());
    }
};

MERGARIUM_SUITE(BirthsTest)
#include "births_test.moc"
