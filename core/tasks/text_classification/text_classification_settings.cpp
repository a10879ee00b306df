#include "core/tasks/text_classification/text_classification_settings.h"

namespace mergarium {
namespace {

constexpr LabelScoring kScorings[] = {LabelScoring::Accuracy, LabelScoring::Probability};

}  // namespace

std::string_view nameOf(LabelScoring scoring) { return scoring == LabelScoring::Accuracy ? "accuracy" : "probability"; }

void visit(FieldVisitor& visitor, TextClassificationSettings& s) {
    QuestionFilesField files(s.files);
    visitor.structured({.key = "files", .label = "Texts", .help = "Files with a JSON object per line."}, files);
    visitor.choice({.key = "scoring",
                    .label = "Scored by",
                    .help = "accuracy: whether the most probable label is the right one; probability: how probable the "
                            "right label is."},
                   s.scoring, std::span<const LabelScoring>(kScorings));
    visitor.text({.key = "text",
                  .label = "Text",
                  .help = "What the model reads; {text} stands for that field of the JSON object."},
                 s.text, {.required = true, .lines = 4});
    visitor.text({.key = "label",
                  .label = "Field of the label",
                  .help = "Which field of the JSON object holds the right label: its name in the model's config.json "
                          "(id2label), or its number from 0."},
                 s.label, {});
    visitor.whole({.key = "batch",
                   .label = "Texts at a time",
                   .help = "How many texts are scored together.",
                   .unset = "chosen by memory"},
                  s.batch, {.zero = true});
    visitWeights(visitor, s.weights);
}

TaskTraits traitsOf(const TextClassificationSettings& settings) {
    TaskTraits traits = traitsOfWeights(settings.weights);
    traits.toMend = "the text (task.text) or the field of the label (task.label)";
    return traits;
}

}  // namespace mergarium
