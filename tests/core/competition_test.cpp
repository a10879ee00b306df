#include "core/archive/archive.h"
#include "core/random/random_stream.h"
#include "tests/support/suite.h"

#include <QTest>

#include <cmath>

using namespace mergarium;

namespace {

std::vector<float> scoresAt(const char* digits) {
    std::vector<float> values;
    for (; *digits; ++digits) values.push_back(*digits == '1' ? 1.0f : 0.0f);
    return values;
}

MemberPtr member(std::uint64_t id, std::vector<float> scores) {
    Member made;
    made.id = {id};
    made.scores = Scores(std::move(scores));
    return std::make_shared<const Member>(std::move(made));
}

Archive archiveOf(std::vector<const char*> rows, CompetitionRule rule) {
    Archive archive(rows.size(), scoresAt(rows[0]).size(), rule);
    for (std::size_t slot = 0; slot < rows.size(); ++slot) archive.place(slot, member(slot + 1, scoresAt(rows[slot])));
    return archive;
}

void compareAll(const std::vector<double>& actual, const std::vector<double>& expected) {
    QCOMPARE(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i)
        QVERIFY2(std::abs(actual[i] - expected[i]) < 1e-6,
                 qPrintable(QString("entry %1: %2 against %3").arg(i).arg(actual[i]).arg(expected[i])));
}

}  // namespace

class CompetitionTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void totalsCountWhoSolvesASample() {
        compareAll(archiveOf({"111000", "011100", "000010", "000000"}, {}).niches().totals, {1, 2, 2, 1, 1, 0});
    }

    void fitnessIsTheShareOfEverySolvedSample_data() {
        QTest::addColumn<double>("alpha");
        QTest::addColumn<QList<double>>("expected");
        QTest::newRow("M2N2") << 1.0 << QList<double>{2, 2, 1, 0};
        QTest::newRow("softer") << 0.5 << QList<double>{2.414214, 2.414214, 1, 0};
        QTest::newRow("plain GA") << 0.0 << QList<double>{3, 3, 1, 0};
    }
    void fitnessIsTheShareOfEverySolvedSample() {
        QFETCH(double, alpha);
        QFETCH(QList<double>, expected);
        const auto archive = archiveOf({"111000", "011100", "000010", "000000"}, {.alpha = alpha});
        compareAll(archive.fitness(), {expected.begin(), expected.end()});
    }

    void weakestMemberIsReplaced_data() {
        QTest::addColumn<QString>("child");
        QTest::addColumn<double>("alpha");
        QTest::addColumn<int>("slot");
        QTest::addColumn<double>("fitness");
        QTest::newRow("a new niche") << "000001" << 1.0 << 3 << 1.0;
        QTest::newRow("tie among members goes to the lowest slot") << "000001" << 0.0 << 2 << 1.0;
        QTest::newRow("tie with the child keeps the child") << "110000" << 1.0 << 3 << 0.583333;
        QTest::newRow("the child is the weakest") << "010000" << 1.0 << -1 << 0.25;
    }
    void weakestMemberIsReplaced() {
        QFETCH(QString, child);
        QFETCH(double, alpha);
        QFETCH(int, slot);
        QFETCH(double, fitness);
        auto archive = archiveOf({"111000", "011100", "000010", "110000"}, {.alpha = alpha});
        const auto admission = archive.admit(member(9, scoresAt(qPrintable(child))));
        QCOMPARE(admission.accepted(), slot >= 0);
        if (slot >= 0) {
            QCOMPARE(*admission.slot, static_cast<std::size_t>(slot));
            QCOMPARE(archive.slots()[*admission.slot]->id.value, 9u);
            QCOMPARE(admission.replaced->id.value, static_cast<std::uint64_t>(slot + 1));
        }
        QVERIFY(std::abs(admission.fitness - fitness) < 1e-6);
    }

    void aGuestTakesTheSeatOfTheWeakestMemberEvenIfItIsWeaker() {
        auto archive = archiveOf({"111000", "011100", "000010", "110000"}, {});
        const Scores weakest(scoresAt("010000"));
        QVERIFY(!archive.judge(weakest).slot);
        const auto verdict = archive.judgeGuest(weakest);
        QCOMPARE(*verdict.slot, std::size_t{3});
        QVERIFY(std::abs(verdict.fitness - 0.25) < 1e-12);
    }

    void emptySlotsLoseFirst() {
        Archive archive(3, 6, {});
        archive.place(0, member(1, scoresAt("000000")));
        archive.place(1, member(2, scoresAt("111000")));
        const auto admission = archive.admit(member(3, scoresAt("000000")));
        QCOMPARE(*admission.slot, std::size_t{2});
        QVERIFY(!admission.replaced);
        QCOMPARE(archive.memberCount(), std::size_t{3});
    }

    void sharesOfASolvedSampleSumToItsCapacity() {
        RandomStream random(7, 0, Purpose::FounderWeights);
        for (const auto capacity : {Capacity::Unit, Capacity::Best}) {
            Archive archive(8, 100, {.alpha = 1.0, .capacity = capacity});
            for (std::size_t slot = 0; slot < 8; ++slot) {
                std::vector<float> scores(100);
                for (auto& score : scores) score = random.uniform() < 0.4 ? static_cast<float>(random.uniform()) : 0.0f;
                archive.place(slot, member(slot, scores));
            }
            for (std::size_t j = 0; j < 100; ++j) {
                double shares = 0.0, best = 0.0;
                for (const auto scores : archive.rows()) {
                    shares += scores[j] * archive.niches().worth[j];
                    best = std::max(best, static_cast<double>(scores[j]));
                }
                const double expected = best == 0.0 ? 0.0 : capacity == Capacity::Unit ? 1.0 : best;
                QVERIFY(std::abs(shares - expected) < 1e-12);
            }
        }
    }

    void epsilonSoftensScarcity() {
        auto archive = archiveOf({"11", "10"}, {.alpha = 1.0, .epsilon = 1.0});
        compareAll(archive.fitness(), {1.0 / 3 + 1.0 / 2, 1.0 / 3});
    }

    void weightsMultiplyWhatSamplesAreWorth() {
        Archive archive(2, 3, {}, {0.5, 0.5, 4.0});
        archive.place(0, member(1, {1, 1, 0}));
        archive.place(1, member(2, {0, 1, 1}));
        compareAll(archive.niches().worth, {0.5, 0.25, 4.0});
        compareAll(archive.fitness(), {0.75, 4.25});
        // Were samples worth the same, it would be the weakest.
        const auto verdict = archive.judge(Scores({0, 0, 1}));
        QCOMPARE(*verdict.slot, std::size_t{0});
        compareAll({verdict.fitness}, {2.0});
        QVERIFY_EXCEPTION_THROWN(Archive(2, 3, {}, {1.0, 1.0}), std::invalid_argument);
    }

    void capacityBestIsTheBestScoreThatAnyoneHas() {
        Archive archive(2, 3, {.alpha = 1.0, .capacity = Capacity::Best}, {1.0, 1.0, 10.0});
        archive.place(0, member(1, {0.5f, 0.0f, 0.25f}));
        archive.place(1, member(2, {0.25f, 0.2f, 0.0f}));
        compareAll(archive.niches().totals, {0.75, 0.2, 0.25});
        compareAll(archive.niches().worth, {0.5 / 0.75, 1.0, 10.0});
        compareAll(archive.fitness(), {0.25 / 0.75 + 2.5, 0.125 / 0.75 + 0.2});
    }

    // Less the worst: 0 0.25 0 | 0.25 0 0.5 | nobody | 0.5 0 0.25.
    void worstScoresAreTakenOff() {
        const auto filled = [](CompetitionRule rule, std::vector<double> weights = {}) {
            rule.baseline = Baseline::Worst;
            Archive archive(4, 3, rule, std::move(weights));
            archive.place(0, member(1, {0.5f, 0.25f, 1.0f}));
            archive.place(1, member(2, {0.25f, 0.5f, 0.5f}));
            archive.place(3, member(3, {0.75f, 0.25f, 0.75f}));
            return archive;
        };
        const auto unit = filled({});
        QCOMPARE(unit.niches().baseline, (std::vector<float>{0.25f, 0.25f, 0.5f}));
        compareAll(unit.niches().totals, {0.75, 0.25, 0.75});
        compareAll(unit.niches().worth, {4.0 / 3, 4, 4.0 / 3});
        compareAll(unit.fitness(), {1, 1, 0, 1});
        const auto best = filled({.capacity = Capacity::Best});
        compareAll(best.niches().worth, {0.5 / 0.75, 1, 0.5 / 0.75});
        compareAll(best.fitness(), {0.5, 0.25, 0, 0.5});
        compareAll(filled({.alpha = 0.0}).fitness(), {0.75, 0.25, 0, 0.75});
        compareAll(filled({.epsilon = 0.25}, {2, 1, 1}).niches().worth, {2, 2, 1});
        compareAll(archiveOf({"11", "10"}, {}).fitness(), {1.5, 0.5});
        compareAll(archiveOf({"11", "10"}, {.baseline = Baseline::Worst}).fitness(), {1, 0});
    }

    void theNewcomerMayBeTheWorst() {
        Archive archive(2, 2, {.capacity = Capacity::Best, .baseline = Baseline::Worst});
        archive.place(0, member(1, {0.5f, 0.75f}));
        archive.place(1, member(2, {0.5f, 1.0f}));
        // Alone among themselves nothing is left of the first sample.
        compareAll(archive.fitness(), {0, 0.25});
        // With it: 0.25 0.25 | 0.25 0.5 | 0 0 is left, worth 0.25 / 0.5 and 0.5 / 0.75.
        const auto verdict = archive.judge(Scores({0.25f, 0.5f}));
        QVERIFY(!verdict.slot);
        compareAll({verdict.fitness}, {0});
        // With this one: 0 0 | 0 0.25 | 0.5 0.125; the first is the weakest.
        const auto other = archive.judge(Scores({1.0f, 0.875f}));
        QCOMPARE(*other.slot, std::size_t{0});
        compareAll({other.fitness}, {0.5 + 0.125 * 0.25 / 0.375});
    }

    void epsilonSoftensScarcityWhateverAlphaIs() {
        compareAll(archiveOf({"11", "10"}, {.alpha = 0.0, .epsilon = 0.25}).niches().worth, {0.8, 0.8});
        compareAll(archiveOf({"11", "11", "11", "10"}, {.alpha = 0.5, .epsilon = 1.0}).niches().worth,
                   {1.0 / 3, 1.0 / (std::sqrt(3.0) + 1.0)});
    }

    void unsolvedSamplesAreWorthNothing() {
        const auto archive = archiveOf({"00", "00"}, {});
        compareAll(archive.fitness(), {0, 0});
        compareAll(archive.niches().worth, {0, 0});
    }

    void anArchiveWithoutSlotsIsRefused() { QVERIFY_EXCEPTION_THROWN(Archive(0, 4, {}), std::invalid_argument); }
};

MERGARIUM_SUITE(CompetitionTest)
#include "competition_test.moc"
