#pragma once

#include "core/tasks/causal_lm/causal_lm_settings.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mergarium {

/// The last number in a text: digits with an optional sign, decimals, exponent-free, commas between groups of three.
/// Absent when there is none.
std::optional<double> lastNumber(std::string_view text);

/// Says whether a generated text is right, as a task's settings say.
class AnswerCheck {
public:
    /// Throws std::runtime_error when the pattern is no regular expression.
    explicit AnswerCheck(const CausalLmSettings& settings);
    ~AnswerCheck();
    AnswerCheck(AnswerCheck&&) noexcept;

    /// What counts of `text` as the answer; absent when nothing does.
    std::optional<std::string> extract(std::string_view text) const;
    /// Numbers are compared as numbers, texts as texts, white space around them left out. The answer is extracted from
    /// the reference as well where that holds one; else all of the reference counts.
    bool isRight(std::string_view text, std::string_view reference) const;

private:
    struct Expression;
    Extraction extraction_;
    std::unique_ptr<const Expression> expression_;
};

}  // namespace mergarium
