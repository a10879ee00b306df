#pragma once

#include "core/tasks/causal_lm/causal_lm_settings.h"
#include "core/tasks/causal_lm/chat.h"
#include "core/tasks/sample_set.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mergarium {

/// One line of a file of questions, as the model will see it.
struct Question {
    /// With the chat template, if any, around it; without the token for the beginning of a text, unless the template is
    /// the model's own.
    std::string prompt;
    /// The right answer; of a multiple choice the right choice.
    std::string reference;
    /// Empty unless the task is a multiple choice.
    std::vector<std::string> choices;
    /// Index of the right choice.
    std::size_t right = 0;
    /// Index into QuestionSet::files.
    std::uint32_t file = 0;
    /// "questions.jsonl, line 7".
    std::string place;
};

/// All questions of a task.
struct QuestionSet {
    std::vector<std::string> files;
    /// Per file, how much a question of it counts.
    std::vector<double> weights;
    std::vector<Question> train;
    std::vector<Question> test;
};

/// Reads the files that a task names, `chat` around every question. Throws std::runtime_error with file and line:
/// malformed JSON, a missing field, an empty file, a reference that is none of the choices, a question that the chat
/// template refuses.
QuestionSet readQuestions(const CausalLmSettings& settings, const Chat& chat);

/// The training questions as people see them.
SampleSet samplesOf(const QuestionSet& questions);

}  // namespace mergarium
