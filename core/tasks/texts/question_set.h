#pragma once

#include "core/tasks/sample_set.h"
#include "core/tasks/texts/question_files.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <span>
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

/// What a JSON object, a line of a file, is as a question; file and place are filled in later. Throws std::exception
/// with what is wrong.
using QuestionOf = std::function<Question(const nlohmann::json& fields)>;

/// Reads the files that a task names. Throws std::runtime_error with file and line: malformed JSON, what `questionOf`
/// throws, an empty prompt, an empty file.
QuestionSet readQuestionSet(std::span<const QuestionFile> files, const QuestionOf& questionOf);

/// A field of a question that must be there. Throws std::invalid_argument.
const nlohmann::json& fieldOf(const nlohmann::json& fields, const std::string& name);
/// The same as a text; numbers as they are written.
std::string textOf(const nlohmann::json& fields, const std::string& name);

/// The training questions as people see them.
SampleSet samplesOf(const QuestionSet& questions);

}  // namespace mergarium
