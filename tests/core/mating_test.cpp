#include "core/mating/attraction.h"
#include "core/mating/parents.h"
#include "tests/support/suite.h"

#include <QTest>

#include <array>
#include <cmath>

using namespace mergarium;

namespace {

MemberPtr member(std::uint64_t id, std::vector<float> scores) {
    Member made;
    made.id = {id};
    made.scores = Scores(std::move(scores));
    return std::make_shared<const Member>(std::move(made));
}

Archive archiveOf(const std::vector<std::vector<float>>& rows, std::size_t slots) {
    Archive archive(slots, rows.front().size(), {});
    for (std::size_t slot = 0; slot < rows.size(); ++slot) archive.place(slot, member(slot + 1, rows[slot]));
    return archive;
}

}  // namespace

class MatingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void attractionIsWhatTheOtherCanDoThatOneCannot() {
        const auto archive =
            archiveOf({{1, 1, 1, 0, 0, 0}, {0, 1, 1, 1, 0, 0}, {0, 0, 0, 0, 1, 0}, {0, 0, 0, 0, 0, 0}}, 4);
        std::array<double, 4> drawn{};
        attractions(archive.rows()[0], archive.rows(), archive.niches().worth, drawn);
        QCOMPARE(drawn, (std::array<double, 4>{0, 1, 1, 0}));
        attractions(archive.rows()[2], archive.rows(), archive.niches().worth, drawn);
        QCOMPARE(drawn, (std::array<double, 4>{2, 2, 0, 0}));
    }

    void attractionCountsSamplesByTheirWeights() {
        Archive archive(3, 3, {}, {1.0, 1.0, 9.0});
        archive.place(0, member(1, {1, 0, 0}));
        archive.place(1, member(2, {0, 1, 0}));
        archive.place(2, member(3, {0, 0, 1}));
        std::array<double, 3> drawn{};
        attractions(archive.rows()[0], archive.rows(), archive.niches().worth, drawn);
        QCOMPARE(drawn, (std::array<double, 3>{0, 1, 9}));
        int heavy = 0, first = 0;
        for (int step = 0; step < 20000; ++step) {
            const auto parents = drawParents(archive, true, 1, step);
            first += parents.first == 0;
            heavy += parents.first == 0 && parents.second == 2;
        }
        QVERIFY(std::abs(first / 20000.0 - 1.0 / 11) < 0.011);
        QVERIFY(std::abs(heavy / double(first) - 0.9) < 0.04);
    }

    void theMatrixHoldsTheAttractionOfEveryPair_data() {
        QTest::addColumn<int>("grades");
        QTest::addColumn<bool>("weighted");
        QTest::addRow("right or wrong") << 1 << false;
        QTest::addRow("right or wrong, weighted") << 1 << true;
        QTest::addRow("graded") << 4 << false;
    }
    void theMatrixHoldsTheAttractionOfEveryPair() {
        QFETCH(int, grades);
        QFETCH(bool, weighted);
        constexpr std::size_t kRows = 7, kSamples = 1500;
        std::vector<std::vector<float>> scores(kRows, std::vector<float>(kSamples));
        std::uint32_t random = 1;
        for (auto& row : scores)
            for (auto& score : row) {
                random = random * 1664525 + 1013904223;
                score =
                    static_cast<float>((random >> 16) % static_cast<unsigned>(grades + 1)) / static_cast<float>(grades);
            }
        std::vector<std::span<const float>> rows(scores.begin(), scores.end());
        rows[3] = {};
        std::vector<double> weights(weighted ? kSamples : 0, 1.0);
        for (std::size_t sample = 0; sample < weights.size(); sample += 3) weights[sample] = 2.5;
        Niches niches;
        shareNiches(rows, kSamples, {}, niches, weights);

        const auto matrix = attractionMatrix(rows, niches.worth);
        QCOMPARE(matrix.size(), kRows * kRows);
        for (std::size_t a = 0; a < kRows; ++a)
            for (std::size_t b = 0; b < kRows; ++b)
                QVERIFY(std::abs(matrix[a * kRows + b] - attraction(rows[a], rows[b], niches.worth)) < 1e-9);
        QCOMPARE(matrix[kRows + 1], 0.0);
        QCOMPARE(matrix[3 * kRows], 0.0);
        QVERIFY(matrix[1] > 0.0);
    }

    void drawingFollowsTheWeights() {
        const std::array<double, 4> weights{1, 0, 2, 1};
        QCOMPARE(*drawProportional(weights, 0.0), 0u);
        QCOMPARE(*drawProportional(weights, 0.2499), 0u);
        QCOMPARE(*drawProportional(weights, 0.25), 2u);
        QCOMPARE(*drawProportional(weights, 0.7499), 2u);
        QCOMPARE(*drawProportional(weights, 0.9999999), 3u);
        QVERIFY(!drawProportional(std::array<double, 2>{0, 0}, 0.5));
    }

    void frequenciesMatchFitness() {
        const auto archive = archiveOf({{1, 1, 1, 0}, {0, 0, 0, 1}}, 2);
        int first = 0;
        const int draws = 20000;
        for (int step = 0; step < draws; ++step) first += drawParents(archive, false, 1, step).first == 0;
        QVERIFY(std::abs(first / double(draws) - 0.75) < 0.015);  // five standard errors
    }

    void theSecondParentComesByAttraction() {
        const auto archive = archiveOf({{1, 1, 0, 0}, {1, 0, 0, 0}, {0, 0, 1, 0}}, 5);
        for (int step = 0; step < 200; ++step) {
            const auto parents = drawParents(archive, true, 3, step);
            if (parents.first == 0) QCOMPARE(parents.second, 2u);  // row 1 has nothing that row 0 lacks
            QVERIFY(parents.first < 3 && parents.second < 3);
        }
    }

    void withNoOneAttractiveTheSecondIsDrawnByFitnessAmongTheOthers() {
        const auto archive = archiveOf({{1, 1, 1, 1}, {1, 1, 0, 0}, {0, 0, 0, 0}}, 3);
        for (int step = 0; step < 200; ++step) {
            const auto parents = drawParents(archive, true, 5, step);
            if (parents.first == 0) QCOMPARE(parents.second, 1u);
        }
    }

    void withNoFitnessAtAllBothAreUniform() {
        const auto archive = archiveOf({{0, 0}, {0, 0}, {0, 0}}, 6);
        std::array<int, 3> firsts{}, seconds{};
        for (int step = 0; step < 3000; ++step) {
            const auto parents = drawParents(archive, true, 11, step);
            ++firsts.at(parents.first);
            ++seconds.at(parents.second);
            QVERIFY(parents.first != parents.second);
        }
        for (const auto& counts : {firsts, seconds})
            for (const int count : counts) QVERIFY(count > 850 && count < 1150);
    }

    void aLoneMemberMatesWithItself() {
        const auto parents = drawParents(archiveOf({{1, 0}}, 4), true, 1, 1);
        QCOMPARE(parents.first, 0u);
        QCOMPARE(parents.second, 0u);
    }

    void identicalModelsStillFindPartners() {
        const auto archive = archiveOf({{1, 0}, {1, 0}}, 2);
        for (int step = 0; step < 50; ++step) {
            const auto parents = drawParents(archive, true, 1, step);
            QVERIFY(parents.first != parents.second);
        }
    }

    void anEmptyArchiveIsAProgrammingError() {
        QVERIFY_EXCEPTION_THROWN(drawParents(Archive(3, 2, {}), true, 1, 1), std::logic_error);
    }
};

MERGARIUM_SUITE(MatingTest)
#include "mating_test.moc"
