#include "core/founders/founder_genes.h"
#include "core/genes/units.h"
#include "tests/support/shown_genes.h"
#include "tests/support/suite.h"

#include <QTest>

#include <string>
#include <vector>

using namespace mergarium;
using namespace mergarium::test;

namespace {

Layout perceptron(const std::vector<std::pair<std::string, std::vector<std::int64_t>>>& tensors) {
    Layout layout;
    for (const auto& [name, shape] : tensors) layout.append(name, shape);
    return layout;
}

}  // namespace

class PerceptronUnitsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aHiddenUnitHasWhatGoesInAndOut() {
        const auto layout = perceptron(
            {{"input.weight", {64, 256}}, {"input.bias", {256}}, {"output.weight", {256, 10}}, {"output.bias", {10}}});
        const auto genes = genesOf(GeneKind::Units, layout, nullptr);
        QVERIFY(partitions(*genes, layout));
        QCOMPARE(sortsOf(*genes), (Elements{{"units", 256}, {"outputs", 10}}));
        QCOMPARE(tensorsOf(100, *genes, layout),
                 (Elements{{"input.weight", 64}, {"input.bias", 1}, {"output.weight", 10}}));
        QCOMPARE(genes->at(positionOf(layout, "input.weight", 3, 100)), std::uint64_t{100});
        QCOMPARE(genes->at(positionOf(layout, "output.weight", 100, 3)), std::uint64_t{100});
        QCOMPARE(tensorsOf(256 + 7, *genes, layout), (Elements{{"output.bias", 1}}));
    }

    void matricesOfAPerceptronMayLieTheOtherWayRound() {
        const auto layout = perceptron({{"fc1.weight", {5, 3}},
                                        {"fc1.bias", {5}},
                                        {"fc2.weight", {6, 5}},
                                        {"fc2.bias", {6}},
                                        {"fc3.weight", {4, 6}},
                                        {"fc3.bias", {4}}});
        const auto genes = perceptronUnits(layout);
        QVERIFY(genes && partitions(*genes, layout));
        QCOMPARE(genes->size(), std::uint64_t{5 + 6 + 4});
        const auto unit = genes->at(positionOf(layout, "fc2.bias", 2));
        QCOMPARE(tensorsOf(unit, *genes, layout), (Elements{{"fc2.weight", 5}, {"fc2.bias", 1}, {"fc3.weight", 4}}));
        QCOMPARE(genes->at(positionOf(layout, "fc3.weight", 1, 2)), unit);
        QCOMPARE(tensorsOf(genes->at(positionOf(layout, "fc1.bias", 0)), *genes, layout),
                 (Elements{{"fc1.weight", 3}, {"fc1.bias", 1}}));
    }

    void whereBothWaysFitNamesDecide() {
        const auto at = [](const std::string& first, const std::string& last) {
            const auto layout = perceptron({{first + ".weight", {3, 3}},
                                            {first + ".bias", {3}},
                                            {last + ".weight", {3, 3}},
                                            {last + ".bias", {3}}});
            const auto genes = perceptronUnits(layout);
            return genes->at(positionOf(layout, first + ".weight", 1, 2)) ==
                   genes->at(positionOf(layout, first + ".bias", 2));
        };
        QVERIFY(at("input", "output"));
        QVERIFY(!at("0", "2"));
    }

    void whatIsNoChainOfProductsIsNoPerceptron_data() {
        QTest::addColumn<int>("hidden");
        QTest::addColumn<int>("next");
        QTest::addColumn<QString>("bias");
        QTest::newRow("a bias that doesn't fit") << 4 << 5 << "fc2.bias";
        QTest::newRow("inputs that aren't the outputs before") << 5 << 4 << "fc2.bias";
        QTest::newRow("a bias of something else") << 5 << 5 << "fc3.bias";
    }
    void whatIsNoChainOfProductsIsNoPerceptron() {
        QFETCH(int, hidden);
        QFETCH(int, next);
        QFETCH(QString, bias);
        const auto layout = perceptron(
            {{"fc1.weight", {5, 3}}, {"fc1.bias", {hidden}}, {"fc2.weight", {7, next}}, {bias.toStdString(), {7}}});
        QVERIFY(!perceptronUnits(layout));
        QVERIFY(!perceptronUnits(perceptron({{"fc1.weight", {5, 3}}, {"fc1.bias", {5}}})));
        QVERIFY_EXCEPTION_THROWN(genesOf(GeneKind::Units, layout, nullptr), std::runtime_error);
    }
};

MERGARIUM_SUITE(PerceptronUnitsTest)
#include "perceptron_units_test.moc"
