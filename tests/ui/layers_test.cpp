#include "tests/support/example_snapshot.h"
#include "tests/support/suite.h"
#include "ui/genome/genome_view.h"
#include "ui/genome/layer_table.h"
#include "ui/selection/selection.h"

#include <QTest>

#include <QCheckBox>
#include <QTableView>

#include <cmath>

using namespace mergarium;

/// What the founders contribute to a member, layer by layer.
class LayersTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void layersAddUpToTheWholeModel() {
        const auto snapshot = exampleSnapshot();
        const auto shares = layerShares(snapshot, snapshot->members[6]->id);
        QCOMPARE(shares.founders.size(), std::size_t{2});
        QCOMPARE(shares.rows.front().parameters, snapshot->run->layout.length());
        std::vector<double> sums(2);
        std::uint64_t parameters = 0;
        for (std::size_t row = 1; row < shares.rows.size(); ++row) {
            parameters += shares.rows[row].parameters;
            for (std::size_t founder = 0; founder < 2; ++founder)
                sums[founder] += static_cast<double>(shares.rows[row].shares[founder]) *
                                 static_cast<double>(shares.rows[row].parameters);
        }
        QCOMPARE(parameters, snapshot->run->layout.length());
        for (std::size_t founder = 0; founder < 2; ++founder)
            QVERIFY(std::abs(sums[founder] / static_cast<double>(parameters) -
                             static_cast<double>(shares.rows.front().shares[founder])) < 1e-4);
        // A founder is itself.
        const auto own = layerShares(snapshot, snapshot->members[0]->id);
        for (const auto& row : own.rows) QCOMPARE(row.shares.front(), 1.0f);
        QVERIFY(layerShares(snapshot, {999'999}).rows.empty());
        QVERIFY(layerShares(exampleSnapshot({.founders = 0}), snapshot->members[0]->id).rows.empty());
    }

    void theLayersOfTheSelectedMemberAreListed() {
        Selection selection;
        GenomeView view(selection);
        const auto snapshot = exampleSnapshot();
        view.resize(900, 600);
        view.setSnapshot(snapshot);
        view.show();
        auto* table = view.findChild<QTableView*>();
        QVERIFY(!table->isVisible());
        view.findChild<QCheckBox*>("layers")->setChecked(true);
        QTRY_VERIFY(table->isVisible() && table->model()->rowCount() > 1);
        selection.select(snapshot->members[1]->id);
        QTRY_COMPARE(table->model()->index(0, 3).data().toString(), QString("100.0 %"));
        QCOMPARE(table->model()->index(0, 2).data().toString(), QString("0.0 %"));
    }
};

MERGARIUM_SUITE(LayersTest)
#include "layers_test.moc"
