#include "core/tasks/causal_lm/causal_lm_settings.h"

#include "core/fields/field_checker.h"
#include "core/fields/field_list.h"
#include "core/fields/field_reader.h"
#include "core/fields/field_writer.h"
#include "core/tasks/causal_lm/chat.h"

#include <fmt/format.h>

namespace mergarium {
namespace {

constexpr QuestionScoring kScorings[] = {QuestionScoring::ExactMatch, QuestionScoring::MultipleChoice,
                                         QuestionScoring::Likelihood};

}  // namespace

std::string_view nameOf(QuestionScoring scoring) {
    switch (scoring) {
        case QuestionScoring::ExactMatch: return "exact-match";
        case QuestionScoring::MultipleChoice: return "multiple-choice";
        case QuestionScoring::Likelihood: return "likelihood";
    }
    return "unknown";
}

void visit(FieldVisitor& visitor, CausalLmSettings& s) {
    static const auto templates = chatNames();
    const bool generates = s.scoring == QuestionScoring::ExactMatch;
    const bool chooses = s.scoring == QuestionScoring::MultipleChoice;
    QuestionFilesField files(s.files);
    visitor.structured({.key = "files", .label = "Questions", .help = "Files with a JSON object per line."}, files);
    visitor.choice({.key = "scoring",
                    .label = "Scored by",
                    .help = "exact-match: generate and compare; multiple-choice: the likeliest choice; likelihood: the "
                            "probability of the right answer, per token."},
                   s.scoring, std::span<const QuestionScoring>(kScorings));
    visitor.text({.key = "prompt",
                  .label = "Prompt",
                  .help = "What the model sees of a question; {question} stands for that field of the JSON object."},
                 s.prompt, {.required = true, .lines = 4});
    visitor.text(
        {.key = "chat",
         .label = "Chat template",
         .help = "What is put around the prompt, as the models were trained on; model stands for the first founder's "
                 "own template (model:NAME for one of several), which writes all special tokens itself."},
        s.chat, {.suggestions = templates});
    visitor.text({.key = "system", .label = "System text", .help = "Of the chat template; empty: none."}, s.system, {});
    visitor.text({.key = "reference",
                  .label = "Field of the answer",
                  .help = "Which field of the JSON object holds what is right; for multiple-choice the number (from 0) "
                          "or the text of the right choice."},
                 s.reference, {});
    visitor.text({.key = "choices",
                  .label = "Field of the choices",
                  .help = "Which field of the JSON object holds the list of choices (multiple-choice).",
                  .relevant = chooses},
                 s.choices, {});
    visitor.boolean({.key = "length_normalized",
                     .label = "Likelihood per token",
                     .help = "Divide a choice's log-likelihood by its number of tokens, so that short ones aren't "
                             "preferred (multiple-choice).",
                     .relevant = chooses},
                    s.lengthNormalized);
    ExtractionField extraction(s.extraction, s.pattern);
    visitor.structured({.key = "extract",
                        .label = "Answer is",
                        .help = "What of the generated text is compared with the right answer: all of it, the last "
                                "number in it, or a regular expression's first group, or all that matches "
                                "(exact-match).",
                        .relevant = generates},
                       extraction);
    visitor.texts({.key = "stop",
                   .label = "Stop at",
                   .help = "Texts at which generation ends besides the end token (exact-match).",
                   .relevant = generates},
                  s.stop, TextsAre::Words, false);
    visitor.whole({.key = "max_new_tokens",
                   .label = "Tokens at most",
                   .help = "So many tokens are generated for an answer at most.",
                   .unit = "tokens"},
                  s.maxNewTokens, {.least = 1, .most = 1'000'000});
    visitor.whole({.key = "batch",
                   .label = "Questions at a time",
                   .help = "How many questions are scored together.",
                   .unset = "chosen by memory"},
                  s.batch, {.zero = true});
    visitWeights(visitor, s.weights);
}

Value ExtractionField::write() const {
    if (extraction_ != Extraction::Pattern)
        return Value(std::string(extraction_ == Extraction::Text ? "text" : "last-number"));
    Value map{Value::Map{}};
    map.at("pattern") = Value::text(pattern_);
    return map;
}

void ExtractionField::read(std::string_view key, const Value& value, MapReader& map) {
    if (value.isMap()) {
        MapReader inner(value, map.full(key), map.source());
        inner.text("pattern", pattern_);
        inner.close();
        extraction_ = Extraction::Pattern;
    } else if (value.isScalar() && value.scalar() == "text") {
        extraction_ = Extraction::Text;
    } else if (value.isScalar() && value.scalar() == "last-number") {
        extraction_ = Extraction::LastNumber;
    } else {
        map.refuse(key, value, fmt::format("must be {}", shape()));
    }
}

TaskTraits traitsOf(const CausalLmSettings& settings) {
    TaskTraits traits = traitsOfWeights(settings.weights);
    traits.toMend = "the prompt (task.prompt, task.chat) or what counts as the answer (task.extract)";
    return traits;
}

}  // namespace mergarium
