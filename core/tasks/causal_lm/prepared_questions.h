#pragma once

#include "core/families/decoder_config.h"
#include "core/founders/founder_source.h"
#include "core/tasks/attempt.h"
#include "core/tasks/causal_lm/answer_check.h"
#include "core/tasks/causal_lm/questions.h"
#include "core/tokenization/tokenizer.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mergarium {

/// Questions as a network reads them, and all that is the same for every model that is asked them. Immutable; any
/// thread.
struct PreparedQuestions {
    /// `founder` is the one whose configuration and tokenizer all founders share, `layout` what is merged of them.
    /// Throws std::runtime_error where these and the questions don't fit together, naming file and line.
    PreparedQuestions(const CausalLmSettings& settings, const FounderSource& founder, const Layout& layout);

    struct Set {
        std::vector<Question> questions;
        std::vector<std::vector<std::int32_t>> prompts;
        /// Per question the texts whose likelihood is asked for, behind its prompt: its choices, or the reference.
        std::vector<std::vector<std::vector<std::int32_t>>> continuations;
        std::vector<std::vector<std::uint32_t>> batches;
    };

    CausalLmSettings settings;
    DecoderConfig config;
    std::shared_ptr<const Tokenizer> tokenizer;
    /// What prompts should begin with; absent: nothing that is known.
    std::optional<std::int32_t> beginToken;
    AnswerCheck check;
    /// Whether the tokenizer puts its own tokens around prompts.
    SpecialTokens specialTokens = SpecialTokens::Add;
    /// The training questions as people see them.
    std::shared_ptr<const SampleSet> samples;
    Set train;
    Set test;

private:
    Set prepared(std::vector<Question> questions) const;
};

}  // namespace mergarium
