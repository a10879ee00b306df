#include "core/tasks/texts/text_task.h"

#include <algorithm>
#include <utility>

namespace mergarium {

TextTask::TextTask(std::shared_ptr<const SampleSet> samples, const std::vector<std::vector<std::uint32_t>>& batches,
                   ScoredDecoder decoder)
    : answers_(samples->size()), samples_(std::move(samples)), batches_(batches), decoder_(std::move(decoder)) {}

void TextTask::load(const Genome& genome) {
    decoder_.load(genome);
    std::ranges::fill(answers_, std::string());
}

}  // namespace mergarium
