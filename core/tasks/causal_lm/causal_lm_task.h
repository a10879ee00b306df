#pragma once

#include "core/founders/founders.h"
#include "core/tasks/causal_lm/prepared_questions.h"
#include "core/tasks/texts/text_task.h"

#include <memory>
#include <vector>

namespace mergarium {

/// Language models on questions: generate and compare, choose, or likelihood of the reference
/// (CausalLmSettings). On the CPU a question's score is the same to the bit whatever it is batched with.
class CausalLmTask final : public TextTask {
public:
    /// Throws std::runtime_error naming the tensor where the founders are no network of the questions' configuration.
    CausalLmTask(std::shared_ptr<const PreparedQuestions> questions, const Founders& founders,
                 const ScoringDevice& device);

    void scoreBatch(std::size_t index, std::span<float> scores) override;
    std::optional<std::vector<Attempt>> attempt(std::span<const std::uint32_t> samples,
                                                const std::atomic<bool>& abandon) override;
    std::optional<double> testScore(const std::atomic<bool>* abandon = nullptr) override;

private:
    /// Questions of a set that are scored together, and what is to be told of them.
    struct Pass {
        const PreparedQuestions::Set& set;
        std::span<const std::uint32_t> questions;
        /// One per question of the set.
        std::span<float> scores;
        /// The same; may be null.
        std::vector<std::string>* answers = nullptr;
        /// In the order of `questions`; empty, or to be filled in.
        std::span<Attempt> attempts = {};
        /// Ends it early, with nothing written; may be null.
        const std::atomic<bool>* abandon = nullptr;
    };
    void score(const Pass& pass);
    void generateAndCompare(const Pass& pass);
    void compareLikelihoods(const Pass& pass);

    std::shared_ptr<const PreparedQuestions> questions_;
    const CausalLmSettings& settings_;
};

}  // namespace mergarium
