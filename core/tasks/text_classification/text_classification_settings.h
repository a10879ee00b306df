#pragma once

#include "core/fields/field_visitor.h"
#include "core/tasks/task_outline.h"
#include "core/tasks/texts/question_files.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// How a label becomes a score.
enum class LabelScoring {
    /// The most probable label is the right one: 1 or 0.
    Accuracy,
    /// The probability of the right label: graded, in [0, 1].
    Probability,
};

/// The task `text-classification`: labels of texts, by models that put a classifier on a language model (Hugging Face's
/// ...ForSequenceClassification).
struct TextClassificationSettings {
    static constexpr std::string_view kKind = "text-classification";
    static constexpr std::string_view kSummary = "labels of texts by classifiers built on language models";

    std::vector<QuestionFile> files;
    LabelScoring scoring = LabelScoring::Accuracy;
    /// What the model reads, `{field}` filled in from the JSON object.
    std::string text = "{text}";
    /// The field that holds the right label: its name in the model's config.json (id2label), or its number.
    std::string label = "label";
    /// Texts scored together; 0: chosen by memory.
    std::uint64_t batch = 0;
    WeightPrecision weights = WeightPrecision::Float32;
    bool operator==(const TextClassificationSettings&) const = default;
};

std::string_view nameOf(LabelScoring scoring);

void visit(FieldVisitor& visitor, TextClassificationSettings& settings);

TaskTraits traitsOf(const TextClassificationSettings& settings);

}  // namespace mergarium
