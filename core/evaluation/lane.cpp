#include "core/evaluation/lane.h"

#include "core/evaluation/archive_hash.h"
#include "core/images/encoded_picture.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

namespace mergarium {
namespace {

PartlyScored nothingOf(std::size_t samples) {
    return {.scores = std::vector<float>(samples), .scored = std::vector<bool>(samples)};
}

/// A task knows what came of the model since it was loaded: what came of an earlier part is put in.
template <typename One>
std::vector<One> joined(std::vector<One> now, const std::optional<PartlyScored>& before,
                        std::vector<One> PartlyScored::*which) {
    if (!before || ((*before).*which).empty()) return now;
    if (now.empty()) return (*before).*which;
    for (std::size_t j = 0; j < now.size(); ++j)
        if (before->scored[j]) now[j] = ((*before).*which)[j];
    return now;
}

std::vector<std::string> answersOf(const Task& task, const std::optional<PartlyScored>& before) {
    return joined(task.answers(), before, &PartlyScored::answers);
}

std::vector<EncodedPicture> picturesOf(const Task& task, const std::optional<PartlyScored>& before) {
    return joined(task.pictures(), before, &PartlyScored::pictures);
}

template <typename One>
std::shared_ptr<const std::vector<One>> shared(std::vector<One> list) {
    return list.empty() ? nullptr : std::make_shared<const std::vector<One>>(std::move(list));
}

}  // namespace

bool isCheap(const Task& task) { return task.batchCount() == 1 && !task.samples()->hasTexts(); }

Lane::Lane(std::unique_ptr<Task> task, const Breeding& breeding, const KnownModels& known,
           std::atomic<std::uint64_t>& tokens)
    : task_(std::move(task)), breeding_(breeding), known_(known), tokens_(tokens), cheap_(isCheap(*task_)) {}

std::optional<Evaluated> Lane::evaluate(const Candidate& candidate, const std::atomic<bool>& abandon) {
    Evaluated evaluated{.step = candidate.step, .genome = nullptr, .content = {}, .result = Failed{}};
    if (const auto* mating = std::get_if<Mating>(&candidate.model))
        evaluated.genome = breeding_.breed(*mating->first->genome, *mating->second->genome, mating->splice);
    else
        evaluated.genome = std::get<GenomePtr>(candidate.model);
    if (!cheap_) {
        evaluated.content = genomeHash(*evaluated.genome);
        if (auto known = known_.find(evaluated.content)) {
            evaluated.result = *std::move(known);
            return evaluated;
        }
    }
    try {
        task_->load(*evaluated.genome);
        if (!score(candidate, evaluated, abandon)) return std::nullopt;
    } catch (const EvaluationFailure& failure) {
        evaluated.result = Failed{failure.what()};
    }
    return evaluated;
}

bool Lane::score(const Candidate& candidate, Evaluated& evaluated, const std::atomic<bool>& abandon) {
    const auto samples = task_->samples()->size();
    auto part = candidate.begun.value_or(nothingOf(samples));
    for (const auto index : batchOrder(part, candidate.rivals.get())) {
        if (abandon) return false;
        task_->scoreBatch(index, part.scores);
        tokens_ = task_->tokens();
        const auto batch = task_->batch(index);
        for (const auto sample : batch) part.scored[sample] = true;
        part.count += batch.size();
        if (part.count == samples || !candidate.rivals || !candidate.rivals->isLost(part.scores, part.scored)) continue;
        part.answers = answersOf(*task_, candidate.begun);
        part.pictures = picturesOf(*task_, candidate.begun);
        evaluated.result = std::move(part);
        return true;
    }
    auto pictures = picturesOf(*task_, candidate.begun);
    keepWithinBounds(pictures);
    evaluated.result = Scored{.scores = Scores(std::move(part.scores)),
                              .answers = shared(answersOf(*task_, candidate.begun)),
                              .pictures = shared(std::move(pictures))};
    return true;
}

/// Batches whose samples few can solve come first: there a child that is to be rejected falls behind soonest.
std::vector<std::size_t> Lane::batchOrder(const PartlyScored& part, const Archive* rivals) const {
    std::vector<std::size_t> order;
    for (std::size_t index = 0; index < task_->batchCount(); ++index)
        if (!part.scored[task_->batch(index).front()]) order.push_back(index);
    if (order.size() < 2 || !rivals) return order;
    const auto& totals = rivals->niches().totals;
    std::vector<double> stake(task_->batchCount());
    for (const auto index : order) {
        const auto batch = task_->batch(index);
        for (const auto sample : batch) stake[index] += 1.0 / (1.0 + totals[sample]);
        stake[index] /= static_cast<double>(batch.size());
    }
    std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t index) { return stake[index]; });
    return order;
}

std::optional<double> Lane::test(const Genome& model, const std::atomic<bool>* abandon) {
    task_->load(model);
    const auto score = task_->testScore(abandon);
    tokens_ = task_->tokens();
    return score;
}

}  // namespace mergarium
