#include "core/tasks/causal_lm/causal_lm_kind.h"

#include "core/tasks/causal_lm/questions.h"

#include <algorithm>

namespace mergarium {

TaskOutline outlineOf(const CausalLmSettings& settings) {
    constexpr std::size_t kPrompts = 3;
    const auto train = readQuestions(settings).train;
    TaskOutline outline;
    if (settings.weights == WeightPrecision::BFloat16)
        outline.bytesPerParameter = 2;
    else
        outline.fewerBytes = "task.weights: bfloat16, half of it";
    for (std::size_t i = 0; i < std::min(kPrompts, train.size()); ++i) outline.prompts.push_back(train[i].prompt);
    return outline;
}

SampleSet samplesOf(const CausalLmSettings& settings, const std::filesystem::path&) {
    return samplesOf(readQuestions(settings));
}

}  // namespace mergarium
