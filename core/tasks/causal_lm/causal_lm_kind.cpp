#include "core/tasks/causal_lm/causal_lm_kind.h"

#include "core/tasks/causal_lm/chat.h"
#include "core/tasks/causal_lm/questions.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace mergarium {
namespace {

/// What stands around the questions; nothing where it can't be known any more: nobody is asked.
Chat chatToLookAt(const CausalLmSettings& settings, const std::filesystem::path& folder) {
    try {
        return {settings.chat, settings.system, folder};
    } catch (const std::runtime_error&) {
        return Chat::none();
    }
}

}  // namespace

TaskOutline outlineOf(const CausalLmSettings& settings, const TaskFolders& folders) {
    constexpr std::size_t kPrompts = 3;
    const auto train = readQuestions(settings, Chat(settings.chat, settings.system, folders.tokenizer)).train;
    TaskOutline outline;
    for (std::size_t i = 0; i < std::min(kPrompts, train.size()); ++i) outline.prompts.push_back(train[i].prompt);
    return outline;
}

SampleSet samplesOf(const CausalLmSettings& settings, const TaskFolders& folders) {
    return samplesOf(readQuestions(settings, chatToLookAt(settings, folders.tokenizer)));
}

}  // namespace mergarium
