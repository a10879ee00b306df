#include "core/tasks/causal_lm/causal_lm_kind.h"

#include "core/tasks/causal_lm/questions.h"

#include <ranges>

namespace mergarium {

TaskOutline outlineOf(const CausalLmSettings& settings) {
    constexpr std::size_t kPrompts = 3;
    const auto questions = readQuestions(settings);
    TaskOutline outline;
    for (const auto& question : questions.train | std::views::take(kPrompts))
        outline.prompts.push_back(question.prompt);
    return outline;
}

SampleSet samplesOf(const CausalLmSettings& settings, const std::filesystem::path&) {
    return samplesOf(readQuestions(settings));
}

}  // namespace mergarium
