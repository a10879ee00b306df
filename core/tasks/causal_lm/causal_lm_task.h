#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/founders/founders.h"
#include "core/networks/llama.h"
#include "core/tasks/causal_lm/answer_check.h"
#include "core/tasks/causal_lm/questions.h"
#include "core/tasks/task.h"
#include "core/tokenization/tokenizer.h"

#include <torch/types.h>

#include <memory>
#include <vector>

namespace mergarium {

/// Language models of the Llama family on questions: generate and compare, choose, or likelihood of the reference
/// (CausalLmSettings). On the CPU a question's score is the same to the bit whatever it is batched with.
class CausalLmTask final : public Task {
public:
    /// `base` is the model whose configuration and tokenizer all founders share. Throws std::runtime_error where
    /// configuration, tokenizer, founders and questions don't fit together, naming file and line or tensor.
    CausalLmTask(const CausalLmSettings& settings, const Checkpoint& base, const Founders& founders,
                 torch::Device device);

    std::shared_ptr<const SampleSet> samples() const override { return samples_; }
    const Layout& layout() const override { return network_.parameterLayout(); }
    void load(const Genome& genome) override;
    std::size_t batchCount() const override { return train_.batches.size(); }
    std::span<const std::uint32_t> batch(std::size_t index) const override { return train_.batches[index]; }
    void scoreBatch(std::size_t index, std::span<float> scores) override;
    std::optional<double> testScore(const std::atomic<bool>* abandon = nullptr) override;
    std::vector<std::string> answers() const override { return answers_; }
    std::uint64_t tokens() const override { return tokens_; }

private:
    /// Questions as the network reads them.
    struct Prepared {
        std::vector<Question> questions;
        std::vector<std::vector<std::int32_t>> prompts;
        /// Per question the texts whose likelihood is asked for, behind its prompt: its choices, or the reference.
        std::vector<std::vector<std::vector<std::int32_t>>> continuations;
        std::vector<std::vector<std::uint32_t>> batches;
    };

    Prepared prepared(std::vector<Question> questions) const;
    void checkVocabulary(const Checkpoint& base) const;
    void score(const Prepared& set, std::span<const std::uint32_t> batch, std::span<float> scores,
               std::vector<std::string>* answers);
    void generateAndCompare(const Prepared& set, std::span<const std::uint32_t> batch, std::span<float> scores,
                            std::vector<std::string>* answers);
    void compareLikelihoods(const Prepared& set, std::span<const std::uint32_t> batch, std::span<float> scores,
                            std::vector<std::string>* answers);

    CausalLmSettings settings_;
    std::shared_ptr<const Tokenizer> tokenizer_;
    AnswerCheck check_;
    Llama network_;
    std::vector<std::int32_t> stopTokens_;
    std::shared_ptr<const SampleSet> samples_;
    Prepared train_;
    Prepared test_;
    std::vector<std::string> answers_;
    std::uint64_t tokens_ = 0;
};

}  // namespace mergarium
