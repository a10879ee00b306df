#include "core/search/cma_es/cma_es.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <numbers>

using namespace mergarium;

namespace {

using Point = std::vector<double>;

double sphere(const Point& x) {
    double sum = 0.0;
    for (const double value : x) sum += value * value;
    return sum;
}

double ellipsoid(const Point& x) {
    double sum = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i)
        sum += std::pow(10.0, 6.0 * static_cast<double>(i) / static_cast<double>(x.size() - 1)) * x[i] * x[i];
    return sum;
}

/// The ellipsoid seen through an orthonormal basis (the discrete cosine transform): no coordinate is an axis.
double turnedEllipsoid(const Point& x) {
    const auto n = static_cast<double>(x.size());
    Point turned(x.size());
    for (std::size_t k = 0; k < x.size(); ++k) {
        for (std::size_t i = 0; i < x.size(); ++i)
            turned[k] +=
                x[i] * std::cos(std::numbers::pi / n * (static_cast<double>(i) + 0.5) * static_cast<double>(k));
        turned[k] *= std::sqrt((k == 0 ? 1.0 : 2.0) / n);
    }
    return ellipsoid(turned);
}

double rosenbrock(const Point& x) {
    double sum = 0.0;
    for (std::size_t i = 0; i + 1 < x.size(); ++i)
        sum += 100.0 * std::pow(x[i + 1] - x[i] * x[i], 2) + std::pow(1.0 - x[i], 2);
    return sum;
}

using Objective = double (*)(const Point&);

constexpr double kTarget = 1e-9;
constexpr std::size_t kMostEvaluations = 200'000;

std::size_t evaluationsToTarget(Objective objective, CmaEs search) {
    std::size_t evaluations = 0;
    std::vector<double> values(search.population());
    while (evaluations < kMostEvaluations) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] = objective(search.ask(i));
            ++evaluations;
            if (values[i] < kTarget) return evaluations;
        }
        search.tell(values);
    }
    return kMostEvaluations;
}

/// Of eleven seeds.
std::size_t medianEvaluations(Objective objective, std::size_t dimensions, double start, Covariance covariance) {
    std::vector<std::size_t> found;
    for (std::uint64_t seed = 1; seed <= 11; ++seed)
        found.push_back(evaluationsToTarget(
            objective, CmaEs(Point(dimensions, start), {.seed = seed, .step = 0.5, .covariance = covariance})));
    std::nth_element(found.begin(), found.begin() + 5, found.end());
    return found[5];
}

void advance(CmaEs& search, std::size_t generations) {
    for (std::size_t i = 0; i < generations; ++i) {
        std::vector<double> values(search.population());
        for (std::size_t k = 0; k < values.size(); ++k) values[k] = rosenbrock(search.ask(k));
        search.tell(values);
    }
}

Point meanOf(const CmaEs& search) { return {search.mean().begin(), search.mean().end()}; }

}  // namespace

class CmaEsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // The evaluations that the published implementation by Nomura and Shibata (arXiv 2402.01373; python3-cmaes 0.9.1 of
    // Debian) needs to reach 1e-9 with first step 0.5, median of 15 seeds. The turned ellipsoid: another rotation
    // there.
    void needsAsManyEvaluationsAsThePublishedImplementation_data() {
        QTest::addColumn<int>("objective");
        QTest::addColumn<int>("dimensions");
        QTest::addColumn<double>("start");
        QTest::addColumn<bool>("full");
        QTest::addColumn<double>("published");
        QTest::newRow("sphere 10") << 0 << 10 << 1.0 << true << 1504.0;
        QTest::newRow("sphere 20") << 0 << 20 << 1.0 << true << 2866.0;
        QTest::newRow("ellipsoid 10") << 1 << 10 << 1.0 << true << 4146.0;
        QTest::newRow("ellipsoid 20") << 1 << 20 << 1.0 << true << 13251.0;
        QTest::newRow("turned ellipsoid 10") << 2 << 10 << 1.0 << true << 4297.0;
        QTest::newRow("Rosenbrock 10") << 3 << 10 << 0.0 << true << 5204.0;
        QTest::newRow("Rosenbrock 20") << 3 << 20 << 0.0 << true << 16938.0;
        QTest::newRow("diagonal, sphere 20") << 0 << 20 << 1.0 << false << 2507.0;
        QTest::newRow("diagonal, ellipsoid 20") << 1 << 20 << 1.0 << false << 6094.0;
    }
    void needsAsManyEvaluationsAsThePublishedImplementation() {
        QFETCH(int, objective);
        QFETCH(int, dimensions);
        QFETCH(double, start);
        QFETCH(bool, full);
        QFETCH(double, published);
        constexpr Objective kObjectives[] = {sphere, ellipsoid, turnedEllipsoid, rosenbrock};
        const auto median =
            static_cast<double>(medianEvaluations(kObjectives[objective], static_cast<std::size_t>(dimensions), start,
                                                  full ? Covariance::Full : Covariance::Diagonal));
        QVERIFY2(std::abs(median / published - 1.0) < 0.2, qPrintable(QString("%1 evaluations").arg(median)));
    }

    void populationIsTheTutorialsByDefault() {
        QCOMPARE(CmaEs(Point(10, 0.0), {}).population(), std::size_t{10});
        QCOMPARE(CmaEs(Point(19'210, 0.0), {.covariance = Covariance::Diagonal}).population(), std::size_t{33});
    }

    // After one generation both paths lie along the step of the mean, as long as the tutorial's table 1 says: for 10
    // dimensions and 10 samples, mu_eff = 3.1673, c_sigma = 0.28443, c_c = 0.29499, worked out by hand.
    void pathsLearnAtTheTutorialsRates() {
        CmaEs search(Point(10, 1.0), {.seed = 4, .step = 0.5});
        const auto before = meanOf(search);
        std::vector<double> values(search.population());
        for (std::size_t k = 0; k < values.size(); ++k) values[k] = sphere(search.ask(k));
        search.tell(values);
        const auto after = meanOf(search);

        // Its state: five whole numbers and the step, then mean, both paths, scales.
        const auto state = search.state();
        const auto number = [&](std::size_t index) {
            double value = 0.0;
            std::memcpy(&value, state.data() + index * sizeof value, sizeof value);
            return value;
        };
        for (std::size_t i = 0; i < 10; ++i) {
            const double move = (after[i] - before[i]) / 0.5;
            QVERIFY(std::abs(number(16 + i) - 1.2431844637622862 * move) < 1e-12);
            QVERIFY(std::abs(number(26 + i) - 1.262152687851381 * move) < 1e-12);
        }
    }

    void firstSamplesHaveTheFirstStepsDeviation() {
        const CmaEs search(Point(2000, 3.0), {.seed = 5, .step = 0.25, .covariance = Covariance::Diagonal});
        const auto sample = search.ask(0);
        double mean = 0.0, squares = 0.0;
        for (const double value : sample) mean += value / 2000.0;
        for (const double value : sample) squares += (value - mean) * (value - mean) / 2000.0;
        QVERIFY(std::abs(mean - 3.0) < 0.03);
        QVERIFY(std::abs(std::sqrt(squares) - 0.25) < 0.02);
    }

    void samplesAreAFunctionOfTheSeedAndWhatWasTold() {
        for (const auto covariance : {Covariance::Full, Covariance::Diagonal}) {
            CmaEs one(Point(6, 0.0), {.seed = 9, .covariance = covariance});
            CmaEs same(Point(6, 0.0), {.seed = 9, .covariance = covariance});
            CmaEs other(Point(6, 0.0), {.seed = 10, .covariance = covariance});
            QVERIFY(one.ask(0) != other.ask(0));
            QVERIFY(one.ask(0) != one.ask(1));
            advance(one, 30);
            advance(same, 30);
            QCOMPARE(one.ask(3), same.ask(3));
            QCOMPARE(one.generation(), std::uint64_t{30});
        }
    }

    void goesOnFromItsStateAsIfNeverInterrupted() {
        for (const auto covariance : {Covariance::Full, Covariance::Diagonal}) {
            CmaEs whole(Point(12, 0.0), {.seed = 3, .step = 0.5, .covariance = covariance});
            CmaEs resumed(Point(12, 0.0), {.seed = 3, .step = 0.5, .covariance = covariance});
            advance(whole, 41);
            resumed.restore(whole.state());
            advance(whole, 50);
            advance(resumed, 50);
            QCOMPARE(meanOf(resumed), meanOf(whole));
            QCOMPARE(resumed.step(), whole.step());
            QVERIFY(resumed.state() == whole.state());
        }
    }

    void refusesAStateOfAnotherSearch() {
        CmaEs search(Point(4, 0.0), {});
        QVERIFY_EXCEPTION_THROWN(search.restore(CmaEs(Point(5, 0.0), {}).state()), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(search.restore(CmaEs(Point(4, 0.0), {.covariance = Covariance::Diagonal}).state()),
                                 std::runtime_error);
        auto cut = search.state();
        cut.pop_back();
        QVERIFY_EXCEPTION_THROWN(search.restore(cut), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(search.restore({}), std::runtime_error);
    }

    void notANumberIsTheWorst() {
        CmaEs one(Point(5, 1.0), {.seed = 2});
        CmaEs other(Point(5, 1.0), {.seed = 2});
        std::vector<double> values(one.population());
        for (std::size_t k = 0; k < values.size(); ++k) values[k] = sphere(one.ask(k));
        values[2] = std::numeric_limits<double>::quiet_NaN();
        one.tell(values);
        values[2] = 1e300;
        other.tell(values);
        QCOMPARE(meanOf(one), meanOf(other));
    }
};

MERGARIUM_SUITE(CmaEsTest)
#include "cma_es_test.moc"
