#include "core/statistics/curve.h"
#include "core/statistics/student_t.h"
#include "core/statistics/summary.h"
#include "tests/support/suite.h"

#include <QTest>

#include <array>
#include <cmath>

using namespace mergarium;

namespace {

bool near(double a, double b, double tolerance) { return std::abs(a - b) <= tolerance; }

}  // namespace

class StatisticsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void quantilesAreThoseOfThePublishedTable() {
        // NIST/SEMATECH e-Handbook, 1.3.6.7.2, critical values of Student's t; two-sided 95 % and 99 %.
        QVERIFY(near(studentTQuantile(0.95, 1), 12.706, 5e-4));
        QVERIFY(near(studentTQuantile(0.95, 2), 4.303, 5e-4));
        QVERIFY(near(studentTQuantile(0.95, 9), 2.262, 5e-4));
        QVERIFY(near(studentTQuantile(0.95, 29), 2.045, 5e-4));
        QVERIFY(near(studentTQuantile(0.99, 4), 4.604, 5e-4));
        QVERIFY(near(studentTQuantile(0.99, 100), 2.626, 5e-4));
    }

    void distributionHasItsClosedFormForOneAndTwoDegreesOfFreedom() {
        for (const double t : {-30.0, -2.0, -0.1, 0.0, 0.7, 3.0, 1000.0}) {
            QVERIFY(near(studentT(t, 1), 0.5 + std::atan(t) / std::acos(-1.0), 1e-13));
            QVERIFY(near(studentT(t, 2), 0.5 + t / (2.0 * std::sqrt(2.0 + t * t)), 1e-13));
        }
        QCOMPARE(studentT(INFINITY, 5), 1.0);
        QCOMPARE(studentT(-INFINITY, 5), 0.0);
    }

    void meanAndItsIntervalAreThoseOfTheWorkedExample() {
        // Deviation with n - 1; 2.776 is the table's t for four degrees of freedom.
        const std::array values{2.0, 4.0, 4.0, 5.0, 10.0};
        const auto summary = summarize(values);
        QCOMPARE(summary.mean, 5.0);
        QCOMPARE(summary.deviation, 3.0);
        QVERIFY(near(summary.standardError, 3.0 / std::sqrt(5.0), 1e-15));
        QVERIFY(near(*summary.halfWidth, 2.776 * 3.0 / std::sqrt(5.0), 1e-3));
    }

    void oneMeasurementHasNoInterval() {
        const std::array one{0.7};
        QCOMPARE(summarize(one).mean, 0.7);
        QVERIFY(!summarize(one).halfWidth);
        QVERIFY(!scoreInterval(summarize(one)));
        // Two seeds say little, but no score is more than all or less than nothing.
        const std::vector<double> two{0.7, 0.9};
        QVERIFY(summarize(two).mean + *summarize(two).halfWidth > 1.0);
        QCOMPARE(scoreInterval(summarize(two))->to, 1.0);
        const std::vector<double> low{0.0, 0.2};
        QCOMPARE(scoreInterval(summarize(low))->from, 0.0);
        QCOMPARE(summarize({}).count, std::size_t{0});
    }

    void pairedTestIsStudentsOnHisSleepData() {
        // Student, "The probable error of a mean", Biometrika 6 (1908): extra sleep under two drugs; t = 4.0621, p =
        // 0.002833.
        const std::array first{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
        const std::array second{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
        const auto comparison = comparePaired(first, second);
        QVERIFY(comparison);
        QVERIFY(near(comparison->difference, 1.58, 1e-12));
        QVERIFY(near(comparison->difference / comparison->standardError, 4.0621, 5e-5));
        QVERIFY(near(comparison->pValue, 0.002833, 5e-7));
    }

    void equalDifferencesNeedNoChance() {
        const std::array first{0.1, 0.2, 0.3};
        const std::array second{0.4, 0.5, 0.6};
        QCOMPARE(comparePaired(first, first)->pValue, 1.0);
        QCOMPARE(comparePaired(first, second)->pValue, 0.0);
        QVERIFY(!comparePaired(std::span(first).first(1), std::span(second).first(1)));
    }

    void curveHoldsWhatWasMeasuredLast() {
        const Curve curve{{0.0, 0.2}, {10.0, 0.6}, {40.0, 0.8}};
        QCOMPARE(valueAt(curve, 9.9), 0.2);
        QCOMPARE(valueAt(curve, 10.0), 0.6);
        QCOMPARE(valueAt(curve, 1000.0), 0.8);
        // (10 * 0.2 + 30 * 0.6 + 60 * 0.8) / 100
        QVERIFY(near(normalizedArea(curve, 100.0), 0.68, 1e-15));
        QVERIFY(near(normalizedArea(curve, 20.0), 0.4, 1e-15));
        QVERIFY(near(normalizedArea(Curve{{50.0, 0.3}}, 100.0), 0.3, 1e-15));
    }

    void bandIsTheMeanOfCurvesWithDifferentPlaces() {
        const std::array curves{Curve{{0.0, 0.0}, {50.0, 1.0}}, Curve{{0.0, 0.0}, {75.0, 0.5}}, Curve{}};
        const auto band = meanBand(curves, 100.0, 5);
        QCOMPARE(band.at, (std::vector<double>{0.0, 25.0, 50.0, 75.0, 100.0}));
        QCOMPARE(band.values[1].mean, 0.0);
        QCOMPARE(band.values[2].mean, 0.5);
        QCOMPARE(band.values[3].mean, 0.75);
        QCOMPARE(band.values[4].count, std::size_t{2});
        QVERIFY(near(band.values[4].standardError, 0.25, 1e-15));
    }
};

MERGARIUM_SUITE(StatisticsTest)
#include "statistics_test.moc"
