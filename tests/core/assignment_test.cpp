#include "core/genes/assignment.h"
#include "core/random/random_stream.h"
#include "tests/support/shuffled_units.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <vector>

using namespace mergarium;
using namespace mergarium::test;

namespace {

double gainOf(const std::vector<float>& gains, const std::vector<std::uint32_t>& columns) {
    double sum = 0.0;
    for (std::size_t row = 0; row < columns.size(); ++row) sum += gains[row * columns.size() + columns[row]];
    return sum;
}

/// Of every set of columns, what as many rows gain with them at most.
double largestGain(const std::vector<float>& gains, std::size_t size) {
    std::vector<double> best(std::size_t{1} << size, -std::numeric_limits<double>::infinity());
    best[0] = 0.0;
    for (std::size_t taken = 0; taken < best.size(); ++taken) {
        const auto row = static_cast<std::size_t>(__builtin_popcountll(taken));
        for (std::size_t column = 0; column < size && row < size; ++column)
            if (const auto with = taken | (std::size_t{1} << column); with != taken)
                best[with] = std::max(best[with], best[taken] + gains[row * size + column]);
    }
    return best.back();
}

bool isPermutation(std::vector<std::uint32_t> columns) {
    std::ranges::sort(columns);
    for (std::uint32_t one = 0; one < columns.size(); ++one)
        if (columns[one] != one) return false;
    return true;
}

}  // namespace

class AssignmentTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingGainsMore_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("values");
        for (const int size : {1, 2, 3, 5, 8, 12})
            for (const int values : {2, 4, 1000}) QTest::addRow("%d units, %d values", size, values) << size << values;
    }
    void nothingGainsMore() {
        QFETCH(int, size);
        QFETCH(int, values);
        RandomStream random(static_cast<std::uint64_t>(size), static_cast<std::uint64_t>(values),
                            Purpose::FounderWeights);
        for (int trial = 0; trial < 20; ++trial) {
            std::vector<float> gains(static_cast<std::size_t>(size * size));
            for (auto& gain : gains) gain = static_cast<float>(random.below(static_cast<std::uint64_t>(values))) - 1.0F;
            const auto columns = largestAssignment(gains);
            QVERIFY(isPermutation(columns));
            QCOMPARE(gainOf(gains, columns), largestGain(gains, static_cast<std::size_t>(size)));
        }
    }

    void aHiddenPermutationIsFound() {
        constexpr std::uint32_t kUnits = 300;
        RandomStream random(1, 0, Purpose::FounderWeights);
        const auto hidden = shuffled(kUnits, random);
        std::vector<float> gains(kUnits * kUnits);
        for (auto& gain : gains) gain = static_cast<float>(random.normal());
        for (std::uint32_t row = 0; row < kUnits; ++row) gains[row * kUnits + hidden[row]] += 30.0F;
        QCOMPARE(largestAssignment(gains), hidden);
    }

    void whatIsNoSquareOfNumbersIsRefused() {
        QVERIFY(largestAssignment({}).empty());
        const std::vector<float> three(3, 1.0F), infinite{1.0F, 2.0F, 3.0F, std::numeric_limits<float>::infinity()};
        QVERIFY_EXCEPTION_THROWN(largestAssignment(three), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(largestAssignment(infinite), std::invalid_argument);
    }
};

MERGARIUM_SUITE(AssignmentTest)
#include "assignment_test.moc"
