#include "core/random/bernoulli.h"
#include "core/random/philox.h"
#include "core/random/random_stream.h"
#include "tests/support/suite.h"

#include <QTest>

#include <array>
#include <cmath>
#include <numeric>
#include <vector>

using namespace mergarium;

class RandomTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // The known answers that the authors of Philox publish with Random123.
    void philoxMatchesTheKnownAnswers() {
        QCOMPARE(philox({0, 0, 0, 0}, {0, 0}),
                 (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
        QCOMPARE(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
                 (std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
        QCOMPARE(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
                 (std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
    }

    void streamsDifferBySeedStepAndPurpose() {
        const auto first = [](std::uint64_t seed, std::uint64_t step, Purpose purpose) {
            return RandomStream(seed, step, purpose).bits64();
        };
        const auto base = first(1, 1, Purpose::FirstParent);
        QCOMPARE(first(1, 1, Purpose::FirstParent), base);
        QVERIFY(first(2, 1, Purpose::FirstParent) != base);
        QVERIFY(first(1 + (std::uint64_t{1} << 32), 1, Purpose::FirstParent) != base);
        QVERIFY(first(1, 2, Purpose::FirstParent) != base);
        QVERIFY(first(1, 1 + (std::uint64_t{1} << 32), Purpose::FirstParent) != base);
        QVERIFY(first(1, 1, Purpose::SecondParent) != base);
    }

    void belowIsUniform() {
        RandomStream stream(4, 0, Purpose::SplitPoints);
        std::array<int, 7> counts{};
        for (int i = 0; i < 70000; ++i) ++counts.at(stream.below(7));
        for (const int count : counts) QVERIFY(std::abs(count - 10000) < 500);
    }

    void betaHasItsMomentsEvenNearZero_data() {
        QTest::addColumn<double>("shape");
        for (const double shape : {0.001, 0.1, 0.3, 1.0, 5.0}) QTest::addRow("%g", shape) << shape;
    }
    void betaHasItsMomentsEvenNearZero() {
        QFETCH(double, shape);
        RandomStream stream(9, 0, Purpose::MixingRatio);
        const int draws = 40000;
        double sum = 0, squares = 0;
        for (int i = 0; i < draws; ++i) {
            const double value = stream.symmetricBeta(shape);
            QVERIFY(value >= 0.0 && value <= 1.0);
            sum += value;
            squares += (value - 0.5) * (value - 0.5);
        }
        const double variance = 1.0 / (4.0 * (2.0 * shape + 1.0));
        QVERIFY(std::abs(sum / draws - 0.5) < 0.012);
        QVERIFY(std::abs(squares / draws - variance) < 0.03 * variance + 0.001);
    }

    void noiseIsStandardNormal() {
        std::vector<float> values(400000);
        addGaussianNoise(values, 1.0f, 123);
        double mean = 0, second = 0, fourth = 0;
        int beyondTwo = 0;
        for (const float value : values) {
            QVERIFY(std::isfinite(value));
            mean += value;
            second += value * value;
            fourth += std::pow(value, 4);
            beyondTwo += std::abs(value) > 2.0f;
        }
        const double n = static_cast<double>(values.size());
        QVERIFY(std::abs(mean / n) < 0.008);
        QVERIFY(std::abs(second / n - 1.0) < 0.012);
        QVERIFY(std::abs(fourth / n - 3.0) < 0.08);
        QVERIFY(std::abs(beyondTwo / n - 0.0455) < 0.002);
    }

    void theVectorisedNoiseIsBoxMullerOnPhilox() {
        std::vector<float> values(8);
        addGaussianNoise(values, 1.0f, 42);
        for (std::uint32_t i = 0; i < 8; ++i) {
            const auto words = philox({i, 0, 0, static_cast<std::uint32_t>(Purpose::MutationNoise)}, {42, 0});
            const double radius = std::sqrt(-2 * std::log(((words[0] >> 8) + 1.0) * 0x1.0p-24));
            const double angle = static_cast<double>(static_cast<std::int32_t>(words[1]) >> 8) * M_PI * 0x1.0p-23;
            QVERIFY(std::abs(values[i] - radius * std::cos(angle)) < 3e-6);
        }
    }

    void noiseDoesNotDependOnTheLength() {
        std::vector<float> longer(1000), shorter(333);
        addGaussianNoise(longer, 1.0f, 5);
        addGaussianNoise(shorter, 1.0f, 5);
        longer.resize(333);
        QCOMPARE(shorter, longer);
    }

    void masksKeepWhatTheirProbabilitySays() {
        const MaskStream stream{.seed = 3, .tensor = 5, .model = 1};
        std::vector<std::uint8_t> kept(1 << 22);
        // 2^-17: the upper halves alone would keep none, or twice as many.
        for (const double probability : {0.0, std::ldexp(1.0, -17), 0.3, 0.75, 1.0}) {
            drawKept(stream, probability, 0, kept);
            const double mean = std::accumulate(kept.begin(), kept.end(), 0.0) / static_cast<double>(kept.size());
            const double spread = std::sqrt(probability * (1.0 - probability) / static_cast<double>(kept.size()));
            QVERIFY2(std::abs(mean - probability) <= 4.0 * spread, qPrintable(QString::number(mean, 'g', 12)));
        }
    }

    void masksAreFunctionsOfThePosition() {
        const MaskStream stream{.seed = 3, .tensor = 5, .model = 1};
        std::vector<std::uint8_t> whole(5000), part(1000), other(5000);
        drawKept(stream, 0.5, 0, whole);
        drawKept(stream, 0.5, 1024, part);
        QVERIFY(std::equal(part.begin(), part.end(), whole.begin() + 1024));
        drawKept({.seed = 3, .tensor = 5, .model = 2}, 0.5, 0, other);
        QVERIFY(other != whole);
        std::vector<std::uint32_t> bits(3000), some(77);
        drawMaskBits(stream, 0, bits);
        drawMaskBits(stream, 1234, some);
        QVERIFY(std::equal(some.begin(), some.end(), bits.begin() + 1234));
        // The first block by the definition.
        QCOMPARE(bits[0], philox({0, 5, 1, 12}, {3, 0})[0]);
    }
};

MERGARIUM_SUITE(RandomTest)
#include "random_test.moc"
