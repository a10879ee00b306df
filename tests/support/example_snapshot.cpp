#include "tests/support/example_snapshot.h"

#include "core/archive/coverage.h"

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

constexpr std::uint32_t kClasses = 10;

/// A number in [0, 1) that depends on the three others alone.
double noise(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    std::uint64_t x = a * 0x9e3779b97f4a7c15u ^ (b + 1) * 0xc2b2ae3d27d4eb4fu ^ (c + 7) * 0x165667b19e3779f9u;
    x = (x ^ (x >> 31)) * 0xd6e8feb86659fd93u;
    x = (x ^ (x >> 29)) * 0xd6e8feb86659fd93u;
    return static_cast<double>((x ^ (x >> 32)) >> 11) / 9007199254740992.0;
}

/// Rings and bars that differ by class, a little by sample.
std::vector<std::uint8_t> pictureOf(std::uint32_t label, std::size_t sample) {
    std::vector<std::uint8_t> pixels;
    for (int y = 0; y < 8; ++y)
        for (int x = 0; x < 8; ++x) {
            const double wave = std::sin(0.55 * (label + 2) * x + 0.4 * label) + std::cos(0.35 * (label + 1) * y);
            const double value = 110.0 + 65.0 * wave + 40.0 * noise(sample, static_cast<std::uint64_t>(8 * y + x), 3);
            pixels.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
        }
    return pixels;
}

std::shared_ptr<const SampleSet> samplesOf(std::size_t count) {
    auto set = std::make_shared<SampleSet>();
    set->pictureWidth = 8;
    set->pictureHeight = 8;
    for (std::uint32_t label = 0; label < kClasses; ++label) set->groupNames.push_back(std::to_string(label));
    for (std::size_t sample = 0; sample < count; ++sample) {
        const auto label = static_cast<std::uint32_t>(noise(sample, 1, 2) * kClasses);
        set->groups.push_back(label);
        const auto pixels = pictureOf(label, sample);
        set->pixels.insert(set->pixels.end(), pixels.begin(), pixels.end());
    }
    return set;
}

std::shared_ptr<const SampleSet> questionsOf(std::size_t count) {
    auto set = std::make_shared<SampleSet>(*samplesOf(count));
    set->pixels.clear();
    set->groupNoun = "file";
    set->groupNames = {"sums.jsonl", "words.jsonl"};
    for (std::size_t sample = 0; sample < count; ++sample) {
        set->groups[sample] = sample % 2 == 0 ? 0 : 1;
        const auto n = std::to_string(sample);
        if (sample % 2 == 0)
            set->texts.push_back(
                {"A farmer has " + n +
                     " hens. Each lays 3 eggs a day.\nHow many eggs does the farmer collect in a week?",
                 std::to_string(21 * sample)});
        else
            set->texts.push_back({"Write the word number " + n + " backwards.", "drow " + n});
    }
    return set;
}

AnswersPtr answersOf(const SampleSet& set, const Scores& scores) {
    std::vector<std::string> answers;
    for (std::size_t sample = 0; sample < set.size(); ++sample)
        answers.push_back(scores[sample] > 0.5f
                              ? "Let me think step by step.\nThe answer is " + set.texts[sample].reference
                              : "I would say " + std::to_string(sample * 7) + ", or so.");
    return std::make_shared<const std::vector<std::string>>(std::move(answers));
}

Scores scoresOf(const SampleSet& set, std::size_t slot, std::uint64_t seed) {
    std::vector<float> scores;
    for (std::size_t sample = 0; sample < set.size(); ++sample) {
        const auto skill = 0.3 + 0.65 * noise(slot, set.groups[sample], seed);
        const auto ease = 0.35 + 0.9 * noise(sample, 5, 9);
        scores.push_back(noise(slot, sample, seed + 11) < skill * ease ? 1.0f : 0.0f);
        if (sample % 20 == 19) scores.back() = 0.0f;
        if (sample == 7) scores.back() = slot == 2 ? 1.0f : 0.0f;
    }
    return Scores(std::move(scores));
}

std::shared_ptr<const RunDescription> runOf(const ExampleShape& shape) {
    auto run = std::make_shared<RunDescription>();
    run->id = {shape.run};
    run->configuration.name = "example";
    run->configuration.strategy = M2n2Settings{.archive = shape.slots};
    run->configuration.evaluations = shape.budget;
    run->founders = {{.id = {1}, .name = "digits 0-4", .train = 0.48, .test = 0.46},
                     {.id = {2}, .name = "digits 5-9", .train = 0.49, .test = 0.44}};
    for (std::uint64_t id = 3; id <= shape.founders; ++id)
        run->founders.push_back({.id = {id}, .name = "founder " + std::to_string(id), .train = 0.45, .test = 0.43});
    run->layout.append("hidden.weight", {64, 256});
    run->layout.append("hidden.bias", {256});
    run->layout.append("output.weight", {256, 10});
    run->layout.append("output.bias", {10});
    run->samples = shape.texts ? questionsOf(shape.samples) : samplesOf(shape.samples);
    run->device = "CPU, 2 threads";
    return run;
}

class ExampleGenome final : public Genome {
public:
    explicit ExampleGenome(Recipe recipe) : recipe_(std::move(recipe)) {}

    std::uint64_t length() const override { return recipe_.length(); }
    void materialize(std::span<float> parameters) const override {
        std::fill(parameters.begin(), parameters.end(), 0.0f);
    }
    void materializeAs(DType dtype, std::byte* out) const override {
        std::fill_n(out, length() * sizeOf(dtype), std::byte{0});
    }
    std::size_t memory() const override { return recipe_.coefficients.size() * sizeof(double); }
    const Recipe* recipe() const override { return &recipe_; }
    std::vector<std::byte> pack() const override { return packRecipe(recipe_); }

private:
    Recipe recipe_;
};

/// Mixed linearly, span by span.
Recipe childOf(const Recipe& first, const Recipe& second, const Splice& splice) {
    std::vector<std::uint64_t> ends = splice.splits;
    ends.insert(ends.end(), first.ends.begin(), first.ends.end());
    ends.insert(ends.end(), second.ends.begin(), second.ends.end());
    std::sort(ends.begin(), ends.end());
    ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
    if (ends.front() == 0) ends.erase(ends.begin());
    Recipe child{.founders = first.founders, .ends = {}, .coefficients = {}};
    for (std::size_t span = 0; span < ends.size(); ++span) {
        const auto at = span == 0 ? 0 : ends[span - 1];
        const auto sideOf = [at](const std::vector<std::uint64_t>& edges) {
            return static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), at) - edges.begin());
        };
        const double weight = sideOf(splice.splits) % 2 == 0 ? splice.ratio : 1.0 - splice.ratio;
        const auto a = first.of(sideOf(first.ends)), b = second.of(sideOf(second.ends));
        std::vector<double> mixed;
        for (std::size_t k = 0; k < child.founders; ++k) mixed.push_back((1.0 - weight) * a[k] + weight * b[k]);
        appendSpan(child, ends[span], mixed);
    }
    return child;
}

GenomePtr genomeOf(const SessionSnapshot& snapshot, const Member& member, std::size_t slot) {
    const auto founders = snapshot.run->founders.size();
    const auto length = snapshot.run->layout.length();
    if (slot < founders || !member.parentage)
        return std::make_shared<ExampleGenome>(founderRecipe(slot % founders, founders, length));
    const auto parent = [&](MemberId id) -> const Recipe* {
        for (const auto& each : snapshot.members)
            if (each && each->id == id && each->genome) return each->genome->recipe();
        return nullptr;
    };
    const auto* first = parent(member.parentage->first);
    const auto* second = parent(member.parentage->second);
    if (!first || !second) return nullptr;
    return std::make_shared<ExampleGenome>(childOf(*first, *second, member.parentage->splice));
}

Splice spliceOf(std::uint64_t step, std::uint64_t length) {
    return {.splits = {static_cast<std::uint64_t>(noise(step, 3, 1) * static_cast<double>(length))},
            .ratio = noise(step, 4, 1)};
}

void compete(SessionSnapshot& snapshot, std::size_t samples) {
    const auto rows = scoreRows(snapshot);
    Niches niches;
    shareNiches(rows, samples, traitsOf(snapshot.run->configuration.strategy).competition, niches);
    snapshot.fitness.clear();
    for (const auto row : rows) snapshot.fitness.push_back(row.empty() ? 0.0 : fitness(row, niches.worth));
}

std::vector<ProgressPoint> curveOf(const SessionSnapshot& snapshot, std::size_t samples) {
    const auto found = diversity(scoreRows(snapshot), samples);
    double best = 0.0, sum = 0.0, members = 0.0;
    for (const auto& member : snapshot.members) {
        if (!member) continue;
        best = std::max(best, member->scores.mean());
        sum += member->scores.mean();
        members += 1.0;
    }
    std::vector<ProgressPoint> curve;
    const std::uint64_t stride = std::max<std::uint64_t>(1, snapshot.evaluations / 400);
    for (std::uint64_t step = 0;; step = std::min(step + stride, snapshot.evaluations)) {
        const double way =
            1.0 - std::exp(-6.0 * static_cast<double>(step) / static_cast<double>(snapshot.evaluations + 1));
        curve.push_back({.step = step,
                         .bestTrain = best * (0.6 + 0.4 * way),
                         .meanTrain = sum / std::max(members, 1.0) * (0.55 + 0.45 * way),
                         .bestTest = best * (0.55 + 0.35 * way) + 0.012 * noise(step / (8 * stride), 2, 2),
                         .coverage = found.coverage * (0.7 + 0.3 * std::sqrt(way)),
                         .disagreement = found.disagreement});
        if (step >= snapshot.evaluations) return curve;
    }
}

}  // namespace

SnapshotPtr exampleSnapshot(const ExampleShape& shape) {
    auto snapshot = std::make_shared<SessionSnapshot>();
    snapshot->phase = Phase::Running;
    snapshot->run = runOf(shape);
    snapshot->evaluations = shape.evaluations;
    snapshot->budget = shape.budget;
    snapshot->accepted = shape.evaluations / 12;
    snapshot->seconds = 4.2;
    snapshot->evaluationsPerSecond = 1012.0;
    snapshot->members.resize(shape.slots);
    snapshot->test.resize(shape.slots);

    const std::uint64_t length = snapshot->run->layout.length();
    for (std::size_t slot = 0; slot < shape.members; ++slot) {
        Member member;
        member.scores = scoresOf(*snapshot->run->samples, slot, shape.seed);
        const auto founders = std::max<std::size_t>(shape.founders, 2);
        member.born = slot < founders ? 0 : shape.evaluations - (shape.members - 1 - slot) * 37;
        member.id = {slot < founders ? slot + 1 : member.born + founders};
        if (slot >= founders)
            member.parentage = Parentage{.first = snapshot->members[slot - 1]->id,
                                         .second = snapshot->members[slot / 3]->id,
                                         .splice = spliceOf(member.born, length)};
        if (shape.texts) member.answers = answersOf(*snapshot->run->samples, member.scores);
        if (shape.founders > 0) member.genome = genomeOf(*snapshot, member, slot);
        snapshot->members[slot] = std::make_shared<const Member>(std::move(member));
        if (slot % 3 == 0) snapshot->test[slot] = snapshot->members[slot]->scores.mean() - 0.07;
    }
    compete(*snapshot, shape.samples);
    snapshot->curve = std::make_shared<const std::vector<ProgressPoint>>(curveOf(*snapshot, shape.samples));

    const std::uint64_t kept = std::min<std::uint64_t>(shape.evaluations, SessionSnapshot::kPairingsKept);
    for (std::uint64_t step = shape.evaluations - kept + 1; shape.members > 0 && step <= shape.evaluations; ++step) {
        const auto& first = snapshot->members[step * 7 % shape.members];
        const auto& second = snapshot->members[step * 5 % shape.members];
        const bool accepted = noise(step, 6, 6) < 0.15;
        snapshot->pairings.push_back({.step = step,
                                      .first = first->id,
                                      .second = second->id,
                                      .child = {step + 2},
                                      .childTrain = 0.35 + 0.3 * noise(step, 8, 8),
                                      .accepted = accepted,
                                      .replaced = accepted ? std::optional(MemberId{step - 300}) : std::nullopt});
    }
    return snapshot;
}

SnapshotPtr laterSnapshot(const SnapshotPtr& before) {
    auto snapshot = std::make_shared<SessionSnapshot>(*before);
    snapshot->evaluations += 1;
    snapshot->accepted += 1;
    std::size_t weakest = 0;
    for (std::size_t slot = 0; slot < snapshot->members.size(); ++slot)
        if (!snapshot->members[slot] || snapshot->fitness[slot] < snapshot->fitness[weakest]) weakest = slot;
    const auto replaced = snapshot->members[weakest];

    const auto samples = snapshot->run->samples->size();
    Member child;
    child.id = {snapshot->evaluations + 2};
    child.born = snapshot->evaluations;
    child.parentage = Parentage{.first = snapshot->members[0]->id,
                                .second = snapshot->members[1]->id,
                                .splice = spliceOf(child.born, snapshot->run->layout.length())};
    child.genome = genomeOf(*snapshot, child, snapshot->members.size());
    child.scores = scoresOf(*snapshot->run->samples, 1000 + snapshot->evaluations, 1);
    if (snapshot->run->samples->hasTexts()) child.answers = answersOf(*snapshot->run->samples, child.scores);
    snapshot->pairings.push_back({.step = snapshot->evaluations,
                                  .first = child.parentage->first,
                                  .second = child.parentage->second,
                                  .child = child.id,
                                  .childTrain = child.scores.mean(),
                                  .accepted = true,
                                  .replaced = replaced ? std::optional(replaced->id) : std::nullopt});
    if (snapshot->pairings.size() > SessionSnapshot::kPairingsKept)
        snapshot->pairings.erase(snapshot->pairings.begin());
    snapshot->members[weakest] = std::make_shared<const Member>(std::move(child));
    snapshot->test[weakest].reset();
    compete(*snapshot, samples);
    snapshot->curve = std::make_shared<const std::vector<ProgressPoint>>(curveOf(*snapshot, samples));
    return snapshot;
}

}  // namespace mergarium
