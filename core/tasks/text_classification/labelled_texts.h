#pragma once

#include "core/families/decoder_config.h"
#include "core/founders/founder_source.h"
#include "core/tasks/sample_set.h"
#include "core/tasks/text_classification/text_classification_kind.h"
#include "core/tokenization/tokenizer.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace mergarium {

/// Texts as a network reads them, and all that is the same for every model that labels them. Immutable; any thread.
struct LabelledTexts {
    /// `founder` is the one whose configuration and tokenizer all founders share, `layout` what is merged of them.
    /// Throws std::runtime_error where these and the texts don't fit together, naming file and line.
    LabelledTexts(const TextClassificationSettings& settings, const FounderSource& founder, const Layout& layout);

    struct Set {
        std::vector<Question> texts;
        std::vector<std::vector<std::int32_t>> tokens;
        /// Number of the right label.
        std::vector<std::size_t> right;
        std::vector<std::vector<std::uint32_t>> batches;
    };

    TextClassificationSettings settings;
    DecoderConfig config;
    std::shared_ptr<const Tokenizer> tokenizer;
    /// The training texts as people see them.
    std::shared_ptr<const SampleSet> samples;
    Set train;
    Set test;

private:
    Set prepared(std::vector<Question> texts) const;
    std::size_t labelOf(const Question& text) const;
};

}  // namespace mergarium
