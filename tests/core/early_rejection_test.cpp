#include "core/archive/archive.h"
#include "core/random/random_stream.h"
#include "tests/support/suite.h"

#include <QTest>

#include <memory>

using namespace mergarium;

namespace {

MemberPtr memberWith(std::uint64_t id, std::vector<float> scores) {
    return std::make_shared<const Member>(
        Member{.id = {id}, .genome = nullptr, .scores = Scores(std::move(scores)), .parentage = std::nullopt});
}

std::vector<float> draw(RandomStream& stream, std::size_t samples, double skill, bool graded) {
    std::vector<float> scores(samples);
    for (auto& score : scores) {
        const double value = stream.uniform();
        score = graded ? static_cast<float>(value * skill) : (value < skill ? 1.0f : 0.0f);
    }
    return scores;
}

std::vector<float> drawRival(RandomStream& stream, std::size_t samples, std::size_t slot, bool graded, bool common) {
    auto scores = draw(stream, samples, 0.5 + 0.1 * static_cast<double>(slot), graded);
    if (common)
        for (auto& score : scores) score = 0.25f + 0.75f * score;
    return scores;
}

}  // namespace

// Whatever is said to be lost after some samples is rejected when all are scored, and by no luck on the rest is it
// kept.
class EarlyRejectionTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsLostWouldBeRejected_data() {
        QTest::addColumn<double>("alpha");
        QTest::addColumn<double>("epsilon");
        QTest::addColumn<bool>("best");
        QTest::addColumn<bool>("graded");
        QTest::addColumn<bool>("weighted");
        QTest::addColumn<bool>("worst");
        for (const double alpha : {0.0, 0.5, 1.0, 2.0})
            for (const double epsilon : {0.0, 0.3})
                for (const bool graded : {false, true})
                    for (const bool best : {false, true})
                        QTest::addRow("alpha %.1f, epsilon %.1f, %s, %s", alpha, epsilon, graded ? "graded" : "0/1",
                                      best ? "best" : "unit")
                            << alpha << epsilon << best << graded << graded << false;
        for (const double alpha : {0.0, 0.5, 1.0, 2.0})
            for (const double epsilon : {0.0, 0.3})
                for (const bool best : {false, true})
                    QTest::addRow("alpha %.1f, epsilon %.1f, %s, less the worst", alpha, epsilon,
                                  best ? "best" : "unit")
                        << alpha << epsilon << best << true << true << true;
    }

    void whatIsLostWouldBeRejected() {
        QFETCH(double, alpha);
        QFETCH(double, epsilon);
        QFETCH(bool, best);
        QFETCH(bool, graded);
        QFETCH(bool, weighted);
        QFETCH(bool, worst);
        constexpr std::size_t kSamples = 60, kSlots = 5;
        RandomStream stream(11, 0, Purpose::FirstParent);
        std::vector<double> weights;
        for (std::size_t j = 0; weighted && j < kSamples; ++j) weights.push_back(0.5 + stream.uniform());
        int lost = 0;
        for (int trial = 0; trial < 60; ++trial) {
            Archive archive(kSlots, kSamples,
                            {.alpha = alpha,
                             .capacity = best ? Capacity::Best : Capacity::Unit,
                             .epsilon = epsilon,
                             .baseline = worst ? Baseline::Worst : Baseline::None},
                            weights);
            for (std::size_t slot = 0; slot < kSlots; ++slot)
                archive.place(slot, memberWith(slot + 1, drawRival(stream, kSamples, slot, graded, worst)));
            auto child = draw(stream, kSamples, 0.15, graded);
            // Members have something in common, which is all taken off; the child is better or worse than that.
            if (worst)
                for (auto& score : child) score = 0.2f + score;
            std::vector<bool> scored(kSamples);
            std::size_t known = 0;
            while (known < kSamples && !archive.isLost(child, scored))
                for (std::size_t batch = 0; batch < 6; ++batch) scored[known++] = true;
            if (!archive.isLost(child, scored)) continue;
            ++lost;
            QVERIFY(!archive.judge(Scores(child)).slot);
            for (int luck = 0; luck < 20; ++luck) {
                auto lucky = child;
                for (auto j = known; j < kSamples; ++j)
                    lucky[j] = luck == 0 ? 1.0f : static_cast<float>(stream.uniform() < 0.8 ? 1.0 : stream.uniform());
                QVERIFY(!archive.judge(Scores(lucky)).slot);
            }
        }
        // It is worth having: with 0/1 scores most of these weak children are found out.
        if (!graded && alpha > 0 && alpha <= 1) QVERIFY2(lost > 30, qPrintable(QString::number(lost)));
        if (worst && alpha == 1.0 && epsilon == 0.0) QVERIFY2(lost > 0, qPrintable(QString::number(lost)));
    }

    void nothingIsLostWhileThereIsAnEmptyPlace() {
        Archive archive(2, 3, {});
        archive.place(0, memberWith(1, {1, 1, 1}));
        QVERIFY(!archive.isLost(std::vector<float>{0, 0, 0}, {true, true, true}));
        archive.place(1, memberWith(2, {1, 1, 0}));
        QVERIFY(archive.isLost(std::vector<float>{0, 0, 0}, {true, true, true}));
    }

    void weightsDecideWhatIsLost_data() {
        QTest::addColumn<float>("score");
        QTest::addColumn<bool>("best");
        QTest::newRow("0/1") << 1.0f << false;
        QTest::newRow("graded") << 0.6f << false;
        QTest::newRow("graded, best") << 0.6f << true;
    }
    void weightsDecideWhatIsLost() {
        QFETCH(float, score);
        QFETCH(bool, best);
        const CompetitionRule rule{.capacity = best ? Capacity::Best : Capacity::Unit};
        const auto lost = [&](std::vector<double> weights, const std::vector<bool>& scored) {
            Archive archive(1, 3, rule, std::move(weights));
            archive.place(0, memberWith(1, {0, score, score}));
            return archive.isLost(std::vector<float>{score, 0, 0}, scored);
        };
        const std::vector<bool> all{true, true, true}, theOthers{false, true, true};
        QVERIFY(lost({}, all));
        QVERIFY(!lost({4.0, 1.0, 1.0}, all));
        QVERIFY(!lost({4.0, 1.0, 1.0}, theOthers));
        QVERIFY(lost({4.0, 4.0, 4.0}, all));
        QVERIFY(lost({1.0, 4.0, 4.0}, theOthers));
    }

    void aTieIsNotLost() {
        // The newcomer is the last row: of equals the lowest slot leaves.
        Archive archive(1, 2, {});
        archive.place(0, memberWith(1, {1, 0}));
        QVERIFY(!archive.isLost(std::vector<float>{1, 0}, {true, true}));
        QVERIFY(archive.judge(Scores({1, 0})).slot.has_value());
    }
};

MERGARIUM_SUITE(EarlyRejectionTest)
#include "early_rejection_test.moc"
