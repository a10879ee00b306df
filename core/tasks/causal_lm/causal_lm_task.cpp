#include "core/tasks/causal_lm/causal_lm_task.h"

#include "core/networks/generation.h"
#include "core/networks/likelihood.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace mergarium {
namespace {

/// Texts that go through the network side by side.
constexpr std::size_t kTextsAtATime = 16;

/// Where the text ends: at the first stop text in it, which is left out.
std::string_view beforeStop(std::string_view text, const std::vector<std::string>& stops) {
    for (const auto& stop : stops)
        if (!stop.empty()) text = text.substr(0, text.find(stop));
    return text;
}

}  // namespace

CausalLmTask::CausalLmTask(std::shared_ptr<const PreparedQuestions> questions, const Founders& founders,
                           torch::Device device)
    : questions_(std::move(questions)),
      settings_(questions_->settings),
      network_(questions_->config, founders.layout(), device),
      answers_(questions_->samples->size()) {
    // What is frozen is the same in every model: written once, behind the parameters.
    const auto begin = founders.length();
    std::vector<float> frozen(founders.layout().extent() - begin);
    if (frozen.empty()) return;
    founders.read(0, begin, frozen);
    network_.flat()
        .narrow(0, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(frozen.size()))
        .copy_(torch::tensor(frozen));
}

void CausalLmTask::load(const Genome& genome) {
    if (network_.flat().is_cpu()) {
        genome.materialize(network_.parameters().first(genome.length()));
    } else {
        auto host = torch::empty({static_cast<std::int64_t>(genome.length())}, torch::kFloat32);
        genome.materialize({host.data_ptr<float>(), genome.length()});
        network_.flat().narrow(0, 0, host.numel()).copy_(host);
    }
    std::ranges::fill(answers_, std::string());
}

void CausalLmTask::scoreBatch(std::size_t index, std::span<float> scores) {
    score(questions_->train, questions_->train.batches[index], scores, &answers_);
}

std::optional<double> CausalLmTask::testScore(const std::atomic<bool>* abandon) {
    const auto& test = questions_->test;
    if (test.questions.empty()) return std::nullopt;
    std::vector<float> scores(test.questions.size());
    for (const auto& batch : test.batches) {
        if (abandon && *abandon) return std::nullopt;
        score(test, batch, scores, nullptr);
    }
    double total = 0.0;
    for (const float value : scores) total += static_cast<double>(value);
    return total / static_cast<double>(scores.size());
}

void CausalLmTask::score(const PreparedQuestions::Set& set, std::span<const std::uint32_t> batch,
                         std::span<float> scores, std::vector<std::string>* answers) {
    const c10::InferenceMode inference;
    if (settings_.scoring == QuestionScoring::ExactMatch)
        generateAndCompare(set, batch, scores, answers);
    else
        compareLikelihoods(set, batch, scores, answers);
}

void CausalLmTask::generateAndCompare(const PreparedQuestions::Set& set, std::span<const std::uint32_t> batch,
                                      std::span<float> scores, std::vector<std::string>* answers) {
    GenerationRequest request{.prompts = {},
                              .maximumNewTokens = static_cast<std::int64_t>(settings_.maxNewTokens),
                              .streams = {},
                              .stopTokens = network_.config().endTokens,
                              .stop = nullptr,
                              .batch = kTextsAtATime};
    for (const auto question : batch) request.prompts.push_back(set.prompts[question]);
    if (!settings_.stop.empty())
        request.stop = [this](std::size_t, std::span<const std::int32_t> tokens) {
            const auto text = questions_->tokenizer->decode(tokens, /*skipSpecial=*/true);
            return beforeStop(text, settings_.stop).size() < text.size();
        };
    const auto continuations = generate(network_, request);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        tokens_ += request.prompts[i].size() + continuations[i].tokens.size();
        const auto text = questions_->tokenizer->decode(continuations[i].tokens, /*skipSpecial=*/true);
        const auto answer = beforeStop(text, settings_.stop);
        scores[batch[i]] = questions_->check.isRight(answer, set.questions[batch[i]].reference) ? 1.0f : 0.0f;
        if (answers) (*answers)[batch[i]] = answer;
    }
}

void CausalLmTask::compareLikelihoods(const PreparedQuestions::Set& set, std::span<const std::uint32_t> batch,
                                      std::span<float> scores, std::vector<std::string>* answers) {
    std::vector<LikelihoodQuestion> asked;
    for (const auto question : batch) {
        tokens_ += set.prompts[question].size();
        for (const auto& continuation : set.continuations[question]) {
            asked.push_back({set.prompts[question], continuation});
            tokens_ += continuation.size();
        }
    }
    const auto found = logLikelihoods(network_, asked, kTextsAtATime);

    std::size_t next = 0;
    for (const auto question : batch) {
        std::vector<double> values;
        for (std::size_t choice = 0; choice < set.continuations[question].size(); ++choice, ++next) {
            double total = 0.0;
            for (const float one : found[next]) total += static_cast<double>(one);
            const bool mean = settings_.lengthNormalized || settings_.scoring == QuestionScoring::Likelihood;
            values.push_back(mean ? total / static_cast<double>(found[next].size()) : total);
        }
        if (settings_.scoring == QuestionScoring::Likelihood) {
            // A model that overflows has no likelihood: it gets nothing.
            const double probability = std::exp(values.front());
            scores[question] =
                std::isfinite(probability) ? static_cast<float>(std::clamp(probability, 0.0, 1.0)) : 0.0f;
            if (answers) (*answers)[question] = fmt::format("{:.3g} per token", probability);
            continue;
        }
        const auto chosen = static_cast<std::size_t>(std::ranges::max_element(values) - values.begin());
        scores[question] = chosen == set.questions[question].right &&
                                   std::ranges::none_of(values, [](double v) { return std::isnan(v); })
                               ? 1.0f
                               : 0.0f;
        if (answers) (*answers)[question] = set.questions[question].choices[chosen];
    }
}

}  // namespace mergarium
