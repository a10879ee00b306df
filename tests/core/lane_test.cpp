#include "core/evaluation/lane.h"
#include "core/genome/dense_genome.h"
#include "tests/support/painted_run.h"
#include "tests/support/patience.h"
#include "tests/support/suite.h"

#include <QTest>

#include <atomic>

using namespace mergarium;
using namespace mergarium::test;

namespace {

/// Six samples in batches of two, one and three; keeps in which order they are scored. The model is its scores.
class LoggedTask final : public Task {
public:
    explicit LoggedTask(std::vector<std::size_t>& log) : log_(log) {
        auto set = std::make_shared<SampleSet>();
        set->groups.resize(6);
        set->groupNames = {"all"};
        samples_ = set;
        layout_.append("scores", {6});
    }

    std::shared_ptr<const SampleSet> samples() const override { return samples_; }
    const Layout& layout() const override { return layout_; }
    void load(const Genome& genome) override {
        genome.materialize(model_);
        answers_.assign(6, {});
        pictures_.assign(6, {});
    }
    std::size_t batchCount() const override { return batches_.size(); }
    std::span<const std::uint32_t> batch(std::size_t index) const override { return batches_[index]; }
    void scoreBatch(std::size_t index, std::span<float> scores) override {
        log_.push_back(index);
        for (const auto sample : batches_[index]) {
            scores[sample] = model_[sample];
            answers_[sample] = std::to_string(sample);
            pictures_[sample] = pictureNamed(static_cast<std::uint8_t>(sample), sample == 4 ? kThumbnailBytes + 1 : 40);
        }
        tokens_ += batches_[index].size();
    }
    std::optional<double> testScore(const std::atomic<bool>*) override { return 0.25; }
    std::vector<std::string> answers() const override { return answers_; }
    std::vector<EncodedPicture> pictures() const override { return pictures_; }
    std::uint64_t tokens() const override { return tokens_; }

private:
    std::vector<std::size_t>& log_;
    std::shared_ptr<const SampleSet> samples_;
    Layout layout_;
    std::vector<std::vector<std::uint32_t>> batches_{{0, 1}, {2}, {3, 4, 5}};
    std::vector<float> model_ = std::vector<float>(6);
    std::vector<std::string> answers_;
    std::vector<EncodedPicture> pictures_;
    std::uint64_t tokens_ = 0;
};

GenomePtr modelOf(std::vector<float> scores) { return std::make_shared<const DenseGenome>(std::move(scores)); }

ArchivePtr archiveOf(std::vector<std::vector<float>> rows) {
    Archive archive(rows.size(), 6, {});
    for (std::size_t slot = 0; slot < rows.size(); ++slot)
        archive.place(slot, std::make_shared<const Member>(Member{.id = {slot + 1},
                                                                  .genome = modelOf(rows[slot]),
                                                                  .scores = Scores(rows[slot]),
                                                                  .parentage = std::nullopt}));
    return snapshotOf(archive);
}

}  // namespace

class LaneTest : public QObject {
    Q_OBJECT

    std::vector<std::size_t> log_;
    KnownModels known_;
    std::atomic<std::uint64_t> tokens_ = 0;
    const DenseBreeding breeding_{{6}};

    Lane newLane() {
        log_.clear();
        tokens_ = 0;
        return Lane(std::make_unique<LoggedTask>(log_), breeding_, known_, tokens_);
    }

private Q_SLOTS:
    void theBatchesThatFewSolveComeFirst() {
        auto lane = newLane();
        // Solved by 2 and 1, by 0, by 1, 1 and 2 in the mean: sizes don't count.
        const auto evaluated = lane.evaluate({.step = 1,
                                              .model = modelOf({1, 0, 1, 0, 1, 0}),
                                              .rivals = archiveOf({{1, 1, 0, 1, 0, 1}, {1, 0, 0, 0, 1, 1}})},
                                             kNever);
        QCOMPARE(log_, (std::vector<std::size_t>{1, 2, 0}));
        QVERIFY(std::ranges::equal(std::get<Scored>(evaluated->result).scores.values(),
                                   std::vector<float>{1, 0, 1, 0, 1, 0}));
        QCOMPARE(tokens_.load(), 6u);
        log_.clear();
        (void)lane.evaluate({.step = 2, .model = modelOf({1, 1, 1, 1, 1, 1})}, kNever);
        QCOMPARE(log_, (std::vector<std::size_t>{0, 1, 2}));
    }

    void aLostChildIsScoredNoFurtherAndGoesOnWhereItWas() {
        auto lane = newLane();
        const auto rivals = archiveOf({{1, 1, 1, 0, 0, 1}});
        const auto equal = lane.evaluate({.step = 1, .model = modelOf({1, 1, 1, 0, 0, 1}), .rivals = rivals}, kNever);
        QVERIFY(std::holds_alternative<Scored>(equal->result));
        QCOMPARE(log_, (std::vector<std::size_t>{2, 0, 1}));
        log_.clear();
        // Only who solves samples 3 or 4 could make up for 0 and 1.
        const auto lost = lane.evaluate({.step = 2, .model = modelOf({0, 0, 1, 0, 0, 1}), .rivals = rivals}, kNever);
        QCOMPARE(log_, (std::vector<std::size_t>{2, 0}));
        const auto& part = std::get<PartlyScored>(lost->result);
        QCOMPARE(part.count, 5u);
        QCOMPARE(part.scored, (std::vector<bool>{true, true, false, true, true, true}));
        QCOMPARE(part.scores, (std::vector<float>{0, 0, 0, 0, 0, 1}));

        // On another lane, against others.
        auto other = newLane();
        const auto whole = other.evaluate({.step = 2, .model = lost->genome, .begun = part}, kNever);
        QCOMPARE(log_, (std::vector<std::size_t>{1}));
        const auto& scored = std::get<Scored>(whole->result);
        QVERIFY(std::ranges::equal(scored.scores.values(), std::vector<float>{0, 0, 1, 0, 0, 1}));
        QCOMPARE(*scored.answers, (std::vector<std::string>{"0", "1", "2", "3", "4", "5"}));
        // Of both parts, without the one that is too long.
        QCOMPARE(scored.pictures->size(), std::size_t{6});
        for (std::uint8_t sample = 0; sample < 6; ++sample)
            QVERIFY((*scored.pictures)[sample] == (sample == 4 ? EncodedPicture{} : pictureNamed(sample)));
    }

    void whatIsKnownIsNotScored() {
        auto lane = newLane();
        const auto model = modelOf({0, 1, 0, 1, 0, 1});
        const auto first = lane.evaluate({.step = 1, .model = model}, kNever);
        QVERIFY(!first->content.empty());
        known_.remember(first->content, std::get<Scored>(first->result));
        log_.clear();
        const auto again = lane.evaluate({.step = 2, .model = model}, kNever);
        QVERIFY(log_.empty());
        QCOMPARE(again->content, first->content);
        QCOMPARE(std::get<Scored>(again->result).scores.total(), 3.0);
    }

    void anAbandonedChildHasNoResult() {
        auto lane = newLane();
        const std::atomic<bool> abandon = true;
        QVERIFY(!lane.evaluate({.step = 1, .model = modelOf({1, 1, 1, 1, 1, 1})}, abandon));
        QVERIFY(log_.empty());
    }
};

MERGARIUM_SUITE(LaneTest)
#include "lane_test.moc"
