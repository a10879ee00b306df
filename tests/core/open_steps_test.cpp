#include "core/session/open_steps.h"
#include "core/evaluation/local_evaluator.h"
#include "core/genome/dense_genome.h"
#include "tests/support/patience.h"
#include "tests/support/suite.h"

#include <QTest>

#include <atomic>
#include <condition_variable>
#include <mutex>

using namespace mergarium;
using namespace mergarium::test;

namespace {

/// Samples that a model scores on by the first of its two parameters: 0.3 is right on the first 3 of 10.
SampleSet tenSamples() {
    SampleSet set;
    set.groupNames = {"all"};
    set.groups.resize(10);
    return set;
}

/// What several tasks of one test share: each child waits in its second batch until all later ones are done.
struct Relay {
    std::mutex mutex;
    std::condition_variable changed;
    int left = 0;
    std::vector<int> order;
};

/// Ten samples in batches of two. Of the model's two parameters the first says how many it gets right, the second what
/// it does: below 0 it fails, above 0 it waits until that many are left.
class FakeTask final : public Task {
public:
    explicit FakeTask(std::shared_ptr<Relay> relay = nullptr, std::atomic<int>* batches = nullptr)
        : relay_(std::move(relay)), scoredBatches_(batches), samples_(std::make_shared<const SampleSet>(tenSamples())) {
        layout_.append("w", {2});
        for (std::uint32_t sample = 0; sample < 10; sample += 2) batches_.push_back({sample, sample + 1});
    }

    std::shared_ptr<const SampleSet> samples() const override { return samples_; }
    const Layout& layout() const override { return layout_; }
    void load(const Genome& genome) override { genome.materialize(model_); }
    std::size_t batchCount() const override { return batches_.size(); }
    std::span<const std::uint32_t> batch(std::size_t index) const override { return batches_[index]; }
    void scoreBatch(std::size_t index, std::span<float> scores) override {
        if (model_[1] < 0.0f) throw EvaluationFailure("it fails.");
        if (scoredBatches_) ++*scoredBatches_;
        if (relay_ && index == 1 && model_[1] > 0.0f) {
            std::unique_lock lock(relay_->mutex);
            relay_->changed.wait(lock, [&] { return relay_->left == static_cast<int>(model_[1]); });
            relay_->order.push_back(static_cast<int>(model_[1]));
            --relay_->left;
            relay_->changed.notify_all();
        }
        for (const auto sample : batches_[index])
            scores[sample] = static_cast<float>(sample) < model_[0] * 10.0f - 0.5f ? 1.0f : 0.0f;
    }
    std::optional<double> testScore(const std::atomic<bool>*) override { return static_cast<double>(model_[0]); }

private:
    std::shared_ptr<Relay> relay_;
    std::atomic<int>* scoredBatches_;
    std::shared_ptr<const SampleSet> samples_;
    Layout layout_;
    std::vector<std::vector<std::uint32_t>> batches_;
    std::vector<float> model_ = std::vector<float>(2);
};

GenomePtr model(float right, float what = 0.0f) {
    return std::make_shared<const DenseGenome>(std::vector<float>{right, what});
}

MemberPtr memberOf(std::uint64_t id, std::vector<float> scores) {
    return std::make_shared<const Member>(
        Member{.id = {id}, .genome = model(0.0f), .scores = Scores(std::move(scores)), .parentage = std::nullopt});
}

/// Proposes models that were given, in blocks; whatever is scored takes the first slot.
class GivenModels final : public Strategy {
public:
    GivenModels(std::vector<GenomePtr> models, std::uint64_t lookahead, Archive archive)
        : models_(std::move(models)), lookahead_(lookahead), archive_(std::move(archive)) {}

    void settle(MemberPtr founder) override { settleInEmptySlot(archive_, std::move(founder)); }
    Proposal propose(std::uint64_t step) override {
        if ((step - 1) % lookahead_ == 0) before_ = snapshotOf(archive_);
        return {step, Sampled{models_.at(step - 1)}};
    }
    Admission admit(Proposal proposal, Offspring child) override {
        return admitUnlessWeakest(archive_, std::move(proposal), std::move(child));
    }
    void replay(const DecidedBirth&) override {}
    std::uint64_t lookahead() const override { return lookahead_; }
    ArchivePtr rivals() const override { return before_; }
    bool isLost(std::span<const float> scores, const std::vector<bool>& scored) const override {
        return archive_.isLost(scores, scored);
    }
    const Archive& archive() const override { return archive_; }
    Archive& archive() { return archive_; }

private:
    std::vector<GenomePtr> models_;
    std::uint64_t lookahead_;
    Archive archive_;
    ArchivePtr before_;
};

std::unique_ptr<Evaluator> fakeEvaluator(std::size_t lanes, const Breeding& breeding, const KnownModels& known,
                                         std::shared_ptr<Relay> relay = nullptr, std::atomic<int>* batches = nullptr) {
    return localEvaluator({.lanes = lanes,
                           .threadsPerLane = 1,
                           .device = "CPU",
                           .useThreads = [](std::size_t) {},
                           .task = std::make_unique<FakeTask>(relay, batches),
                           .makeTask = [relay, batches] { return std::make_unique<FakeTask>(relay, batches); }},
                          breeding, known);
}

}  // namespace

// Children on lanes of this machine, done in any order, and the steps that they belong to. To be run under the thread
// sanitizer too.
class OpenStepsTest : public QObject {
    Q_OBJECT

    const DenseBreeding breeding_{{2}};

private Q_SLOTS:
    void whatIsDoneInReverseOrderIsHandedBackInOrder() {
        const auto relay = std::make_shared<Relay>();
        relay->left = 3;
        const KnownModels known;
        const auto evaluator = fakeEvaluator(3, breeding_, known, relay);
        for (std::uint64_t step = 1; step <= 3; ++step)
            evaluator->submit(
                {.step = step, .model = model(0.1f * static_cast<float>(step), static_cast<float>(step))});
        for (std::uint64_t step = 1; step <= 3; ++step) {
            const auto evaluated = evaluator->next(kNever);
            QCOMPARE(evaluated->step, step);
            QCOMPARE(std::get<Scored>(evaluated->result).scores.total(), static_cast<double>(step));
        }
        QCOMPARE(relay->order, (std::vector<int>{3, 2, 1}));
    }

    void aChildThatIsNoLongerLostIsScoredToTheEnd() {
        // Lost against the archive at the beginning of its block, where all are good at everything; by its turn the
        // weakest is one that is good at nothing.
        const std::vector<GenomePtr> models{model(0.1f), model(0.3f), model(0.0f)};
        for (const std::size_t lanes : {1u, 2u}) {
            GivenModels strategy(models, 3, Archive(1, 10, {}));
            strategy.settle(memberOf(1, std::vector<float>(10, 1.0f)));
            KnownModels known;
            std::atomic<int> batches = 0;
            const auto evaluator = fakeEvaluator(lanes, breeding_, known, nullptr, &batches);
            OpenSteps open(strategy, *evaluator, known, true, 10);
            const auto first = open.next(1, 3, OpenSteps::Ahead::Full, kNever);
            const auto& cut = std::get<CutShort>(first->outcome);
            QCOMPARE(cut.scored, 2u);
            QCOMPARE(cut.mean, 0.5);

            strategy.archive().place(0, memberOf(9, std::vector<float>(10, 0.0f)));
            const auto second = open.next(2, 3, OpenSteps::Ahead::Full, kNever);
            const auto& scored = std::get<Scored>(second->outcome);
            QCOMPARE(scored.scores.total(), 3.0);
            QCOMPARE(open.counts().scored, 12u);
            QCOMPARE(open.counts().saved, 8u);
            // The batches that were scored before were not scored again.
            (void)open.next(3, 3, OpenSteps::Ahead::Full, kNever);
            QVERIFY(batches <= 5 + 5 + 1);
        }
    }

    void aModelThatIsKnownByItsTurnIsCountedAsKnown() {
        const std::vector<GenomePtr> models{model(0.4f), model(0.5f), model(0.4f), model(0.4f)};
        for (const std::size_t lanes : {1u, 4u}) {
            GivenModels strategy(models, 4, Archive(9, 10, {}));
            KnownModels known;
            const auto evaluator = fakeEvaluator(lanes, breeding_, known);
            OpenSteps open(strategy, *evaluator, known, true, 10);
            for (std::uint64_t step = 1; step <= 4; ++step) {
                const auto next = open.next(step, 4, OpenSteps::Ahead::Full, kNever);
                QCOMPARE(std::get<Scored>(next->outcome).scores.total(), step == 2 ? 5.0 : 4.0);
            }
            QCOMPARE(open.counts().scored, 20u);
            QCOMPARE(open.counts().saved, 20u);
        }
    }

    void aModelThatFailsHoldsUpNoOther() {
        const std::vector<GenomePtr> models{model(0.4f), model(0.5f, -1.0f), model(0.6f), model(0.7f)};
        GivenModels strategy(models, 4, Archive(9, 10, {}));
        KnownModels known;
        const auto evaluator = fakeEvaluator(2, breeding_, known);
        OpenSteps open(strategy, *evaluator, known, true, 10);
        QVERIFY(std::holds_alternative<Scored>(open.next(1, 4, OpenSteps::Ahead::Full, kNever)->outcome));
        QCOMPARE(std::get<Failed>(open.next(2, 4, OpenSteps::Ahead::Full, kNever)->outcome).why,
                 std::string("it fails."));
        QVERIFY(std::holds_alternative<Scored>(open.next(3, 4, OpenSteps::Ahead::Full, kNever)->outcome));
    }

    void aTestWaitsForNoneThatWaits() {
        const auto relay = std::make_shared<Relay>();
        const KnownModels known;
        const auto evaluator = fakeEvaluator(2, breeding_, known, relay);
        relay->left = 1;
        // One lane is held up by the first until the relay lets it go; the others wait behind what the second does.
        evaluator->submit({.step = 1, .model = model(0.1f, 2.0f)});
        for (std::uint64_t step = 2; step <= evaluator->capacity(); ++step)
            evaluator->submit({.step = step, .model = model(0.2f)});
        QCOMPARE(*evaluator->test(model(0.7f), nullptr), static_cast<double>(0.7f));
        {
            const std::lock_guard lock(relay->mutex);
            relay->left = 2;
        }
        relay->changed.notify_all();
        QCOMPARE(evaluator->next(kNever)->step, 1u);
        evaluator->drop();
        evaluator->submit({.step = 5, .model = model(0.9f)});
        QCOMPARE(evaluator->next(kNever)->step, 5u);
    }

    void whatALaneCannotDoIsSaidInItsSentence() {
        const KnownModels known;
        LocalSetup setup{.lanes = 3,
                         .threadsPerLane = 1,
                         .device = "CPU",
                         .useThreads = [](std::size_t) {},
                         .task = std::make_unique<FakeTask>(),
                         .makeTask = []() -> std::unique_ptr<Task> { throw std::runtime_error("No memory."); }};
        QVERIFY_EXCEPTION_THROWN((void)localEvaluator(std::move(setup), breeding_, known), std::runtime_error);
        const auto evaluator = fakeEvaluator(2, breeding_, known);
        // Parents of another length are nobody's failure but the program's.
        const auto parent = std::make_shared<const Member>(
            Member{.id = {1}, .genome = std::make_shared<const DenseGenome>(std::vector<float>(3)), .scores = {}});
        evaluator->submit({.step = 1, .model = Mating{parent, parent, {}}});
        QVERIFY_EXCEPTION_THROWN((void)evaluator->next(kNever), std::invalid_argument);
    }
};

MERGARIUM_SUITE(OpenStepsTest)
#include "open_steps_test.moc"
