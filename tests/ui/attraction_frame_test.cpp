#include "ui/attraction/attraction_frame.h"
#include "core/mating/attraction.h"
#include "tests/support/suite.h"

#include <QTest>

using namespace mergarium;

namespace {

MemberPtr member(std::uint64_t id, std::vector<float> scores) {
    return std::make_shared<const Member>(
        Member{.id = {id}, .genome = nullptr, .scores = Scores(std::move(scores)), .parentage = std::nullopt});
}

SnapshotPtr snapshotOf(std::vector<MemberPtr> members, std::vector<double> fitness, std::vector<double> weights) {
    RunDescription run;
    run.sampleWeights = std::move(weights);
    SessionSnapshot snapshot;
    snapshot.run = std::make_shared<const RunDescription>(std::move(run));
    snapshot.members = std::move(members);
    snapshot.fitness = std::move(fitness);
    return std::make_shared<const SessionSnapshot>(std::move(snapshot));
}

}  // namespace

class AttractionFrameTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void attractionsAreThoseOfTheFittestFirst() {
        const auto frame =
            makeAttractionFrame(snapshotOf({member(1, {1, 0, 0}), nullptr, member(2, {0, 1, 1})}, {1.0, 0.0, 2.0}, {}));
        QCOMPARE(frame->present, std::size_t{2});
        QCOMPARE(frame->members, (std::vector<MemberId>{{2}, {1}}));
        QCOMPARE(frame->values, (std::vector<double>{0.0, 1.0, 2.0, 0.0}));
        QCOMPARE(frame->largest, 2.0);
    }

    void samplesCountByTheirWeights() {
        const auto frame = makeAttractionFrame(
            snapshotOf({member(1, {1, 0, 0}), member(2, {0, 1, 1})}, {3.0, 0.75}, {3.0, 0.5, 0.25}));
        QCOMPARE(frame->values, (std::vector<double>{0.0, 0.75, 3.0, 0.0}));
    }
};

MERGARIUM_SUITE(AttractionFrameTest)
#include "attraction_frame_test.moc"
