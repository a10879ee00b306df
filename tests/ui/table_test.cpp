#include "tests/support/suite.h"
#include "ui/table/fitted_columns.h"
#include "ui/table/plain_table.h"

#include <QHeaderView>
#include <QStandardItemModel>
#include <QTableView>
#include <QTest>

#include <cstdlib>

using namespace mergarium;

namespace {

/// Thousands of rows that count how often they are asked what they say.
struct CountingRows : QAbstractTableModel {
    mutable int asked = 0;
    int rowCount(const QModelIndex&) const override { return 10'000; }
    int columnCount(const QModelIndex&) const override { return 1; }
    QVariant data(const QModelIndex& index, int role) const override {
        if (role != Qt::DisplayRole) return {};
        ++asked;
        return index.row();
    }
};

}  // namespace

class TableTest : public QObject {
    Q_OBJECT

    /// Nothing in the table is elided.
    static bool isWhole(QTableView& table) {
        for (int column = 0; column < table.model()->columnCount(); ++column)
            if (table.columnWidth(column) < static_cast<QAbstractItemView&>(table).sizeHintForColumn(column))
                return false;
        return true;
    }

private Q_SLOTS:
    void columnsAreFittedToFewOfManyRows() {
        CountingRows model;
        std::unique_ptr<QTableView> table(makePlainTable(nullptr));
        table->setModel(&model);
        table->resizeColumnsToContents();
        QVERIFY(model.asked > 0);
        QVERIFY(model.asked < 1000);
    }

    void columnsGrowWithWhatIsInThem() {
        QStandardItemModel model(1, 3);
        for (int column = 0; column < 3; ++column) model.setItem(0, column, new QStandardItem("1"));
        std::unique_ptr<QTableView> table(makePlainTable(nullptr));
        table->setModel(&model);
        new FittedColumns(*table);
        table->resize(300, 200);
        table->show();
        QCoreApplication::processEvents();
        const int before = table->columnWidth(0);
        // The last takes what is left.
        QCOMPARE(table->horizontalHeader()->length(), table->viewport()->width());

        model.item(0, 0)->setText("10,000");
        QTRY_VERIFY(table->columnWidth(0) > before);
        const int grown = table->columnWidth(0);
        // What is too long for it is elided; nothing scrolls.
        model.item(0, 2)->setText("#1234 x #4321, split 0.45, ratio 0.31, and so on to the end");
        QTRY_VERIFY(!isWhole(*table));
        QCOMPARE(table->horizontalHeader()->length(), table->viewport()->width());
        table->resize(900, 200);
        QTRY_VERIFY(isWhole(*table));
        QCOMPARE(table->horizontalHeader()->length(), table->viewport()->width());
        model.item(0, 0)->setText("1");
        QCoreApplication::processEvents();
        QCOMPARE(table->columnWidth(0), grown);
    }

    // Headers give way before what they stand above, and what is left is never too narrow to be told apart.
    void allColumnsGiveWayWhereTheTableIsTooNarrow() {
        QStandardItemModel model(1, 4);
        for (int column = 0; column < 4; ++column) {
            model.setHorizontalHeaderItem(column, new QStandardItem("a long name of a founder"));
            model.setItem(0, column, new QStandardItem("49.2 %"));
        }
        std::unique_ptr<QTableView> table(makePlainTable(nullptr));
        table->setModel(&model);
        new FittedColumns(*table, GivesWay::All);
        table->resize(400, 200);
        table->show();
        const auto* header = table->horizontalHeader();
        QTRY_COMPARE(header->length(), table->viewport()->width());
        QVERIFY(isWhole(*table));
        for (int column = 0; column < 4; ++column)
            QVERIFY(header->sectionSize(column) < header->sectionSizeHint(column));
        for (int column = 1; column < 4; ++column)
            QVERIFY(std::abs(header->sectionSize(column) - header->sectionSize(0)) <= 3);
        // Where nothing helps it scrolls.
        table->resize(120, 200);
        QTRY_VERIFY(header->length() > table->viewport()->width());
        QVERIFY(isWhole(*table));
    }

    void theKeyGivesWayLast() {
        QStandardItemModel model(1, 4);
        model.setHorizontalHeaderItem(0, new QStandardItem("Key"));
        model.setItem(0, 0, new QStandardItem("what this row is, at length"));
        for (int column = 1; column < 4; ++column) {
            model.setHorizontalHeaderItem(column, new QStandardItem("numbers"));
            model.setItem(0, column, new QStandardItem("0.123456789"));
        }
        std::unique_ptr<QTableView> table(makePlainTable(nullptr));
        table->setModel(&model);
        auto* columns = new FittedColumns(*table, GivesWay::All);
        columns->setKey(0);
        columns->setWide(0);
        const auto* header = table->horizontalHeader();
        const auto natural = [&](int column) {
            return std::max(static_cast<QAbstractItemView&>(*table).sizeHintForColumn(column),
                            header->sectionSizeHint(column));
        };
        int all = 0;
        for (int column = 0; column < 4; ++column) all += natural(column);
        table->show();
        // What is left is the key's, what is lacking the others'.
        table->resize(all + 100, 200);
        QTRY_COMPARE(header->length(), table->viewport()->width());
        QVERIFY(header->sectionSize(0) > natural(0));
        table->resize(all - 15, 200);
        QTRY_COMPARE(header->length(), table->viewport()->width());
        QCOMPARE(header->sectionSize(0), natural(0));
        // In the end it gives way, too, before anything scrolls.
        table->resize(all - 130, 200);
        QTRY_VERIFY(header->sectionSize(0) < natural(0));
        QCOMPARE(header->length(), table->viewport()->width());
    }

    void aWidthDrawnByHandStays() {
        QStandardItemModel model(1, 3);
        model.setItem(0, 0, new QStandardItem("a long text in a narrow column"));
        std::unique_ptr<QTableView> table(makePlainTable(nullptr));
        table->setModel(&model);
        new FittedColumns(*table);
        table->show();
        QCoreApplication::processEvents();
        table->horizontalHeader()->resizeSection(0, 40);
        model.item(0, 0)->setText("a long text in a narrow column, and longer");
        QCoreApplication::processEvents();
        QCOMPARE(table->columnWidth(0), 40);
    }
};

MERGARIUM_SUITE(TableTest)
#include "table_test.moc"
