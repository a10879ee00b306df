#include "core/tasks/text_classification/text_classification_kind.h"

#include "core/text/chat_template.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace mergarium {

QuestionSet readTexts(const TextClassificationSettings& settings) {
    const PlaceholderTemplate text(settings.text);
    return readQuestionSet(settings.files, [&](const nlohmann::json& fields) {
        return Question{
            .prompt = text.fill(fields), .reference = textOf(fields, settings.label), .choices = {}, .place = {}};
    });
}

TaskOutline outlineOf(const TextClassificationSettings& settings, const TaskFolders&) {
    constexpr std::size_t kTexts = 3;
    const auto train = readTexts(settings).train;
    TaskOutline outline;
    for (std::size_t i = 0; i < std::min(kTexts, train.size()); ++i) outline.prompts.push_back(train[i].prompt);
    return outline;
}

SampleSet samplesOf(const TextClassificationSettings& settings, const TaskFolders&) {
    return samplesOf(readTexts(settings));
}

}  // namespace mergarium
