#pragma once

#include "core/fields/field_visitor.h"
#include "core/fields/value.h"
#include "core/tasks/task_outline.h"
#include "core/tasks/texts/question_files.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// How an answer becomes a score.
enum class QuestionScoring {
    /// Generate, extract, compare: 1 or 0.
    ExactMatch,
    /// The choice with the highest log-likelihood is the right one: 1 or 0.
    MultipleChoice,
    /// The probability of the reference, per token (geometric mean): graded, in [0, 1].
    Likelihood,
};

/// What of a generated text counts as the answer.
enum class Extraction {
    /// All of it, surrounding white space left out.
    Text,
    /// The last number in it, compared as a number.
    LastNumber,
    /// The first group of a regular expression (or all that matches), compared as text.
    Pattern,
};

/// The task `causal-lm`: language models on questions.
struct CausalLmSettings {
    static constexpr std::string_view kKind = "causal-lm";
    static constexpr std::string_view kSummary = "questions to language models";

    std::vector<QuestionFile> files;
    QuestionScoring scoring = QuestionScoring::ExactMatch;
    /// What the model sees of a question, `{field}` filled in from the JSON object.
    std::string prompt = "{question}";
    /// A chat template by name around the prompt: plain (none), llama2, llama3, chatml, mistral, ...
    /// (core/text/chat_template.h); or the first founder's own: model, model:NAME (core/templates/model_template.h).
    std::string chat = "plain";
    /// The system text of the chat template; empty: none.
    std::string system;
    /// The field that holds the right answer, or the number (from 0) or text of the right choice.
    std::string reference = "answer";
    /// The field that holds the list of choices (multiple-choice).
    std::string choices = "choices";
    /// Divide a choice's log-likelihood by its number of tokens.
    bool lengthNormalized = true;
    Extraction extraction = Extraction::Text;
    /// Of Extraction::Pattern; PCRE2.
    std::string pattern;
    /// Where generation ends besides the tokenizer's end token.
    std::vector<std::string> stop;
    std::uint64_t maxNewTokens = 256;
    /// Questions scored together; 0: chosen by memory.
    std::uint64_t batch = 0;
    WeightPrecision weights = WeightPrecision::Float32;
    bool operator==(const CausalLmSettings&) const = default;
};

std::string_view nameOf(QuestionScoring scoring);

void visit(FieldVisitor& visitor, CausalLmSettings& settings);

/// What of a generated text is the answer.
class ExtractionField final : public StructuredField {
public:
    ExtractionField(Extraction& extraction, std::string& pattern) : extraction_(extraction), pattern_(pattern) {}
    std::string_view shape() const override { return "text, last-number, or a map like {pattern: '#### (.*)'}"; }
    Value write() const override;
    void read(std::string_view key, const Value& value, MapReader& map) override;

    Extraction& extraction() const { return extraction_; }
    std::string& pattern() const { return pattern_; }

private:
    Extraction& extraction_;
    std::string& pattern_;
};

TaskTraits traitsOf(const CausalLmSettings& settings);

}  // namespace mergarium
