#include "core/tasks/causal_lm/causal_lm_task.h"

#include "core/networks/generation.h"
#include "core/networks/likelihood.h"
#include "core/tasks/causal_lm/begin_token.h"
#include "core/tasks/texts/text_reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace mergarium {
namespace {

/// Where the text ends: at the first stop text in it, which is left out.
std::string_view beforeStop(std::string_view text, const std::vector<std::string>& stops) {
    for (const auto& stop : stops)
        if (!stop.empty()) text = text.substr(0, text.find(stop));
    return text;
}

}  // namespace

CausalLmTask::CausalLmTask(std::shared_ptr<const PreparedQuestions> questions, const Founders& founders,
                           const ScoringDevice& device)
    : TextTask(questions->samples, questions->train.batches,
               ScoredDecoder(questions->config, founders, device, questions->settings.weights)),
      questions_(std::move(questions)),
      settings_(questions_->settings) {}

void CausalLmTask::scoreBatch(std::size_t index, std::span<float> scores) {
    score({.set = questions_->train,
           .questions = questions_->train.batches[index],
           .scores = scores,
           .answers = &answers_});
}

std::optional<double> CausalLmTask::testScore(const std::atomic<bool>* abandon) {
    const auto& test = questions_->test;
    if (test.questions.empty()) return std::nullopt;
    std::vector<float> scores(test.questions.size());
    for (const auto& batch : test.batches) {
        if (abandon && *abandon) return std::nullopt;
        score({.set = test, .questions = batch, .scores = scores});
    }
    double total = 0.0;
    for (const float value : scores) total += static_cast<double>(value);
    return total / static_cast<double>(scores.size());
}

std::optional<std::vector<Attempt>> CausalLmTask::attempt(std::span<const std::uint32_t> samples,
                                                          const std::atomic<bool>& abandon) {
    const auto& train = questions_->train;
    auto attempts = attemptsAt(samples, *questions_->samples);
    std::vector<float> scores(train.questions.size());
    score({.set = train,
           .questions = samples,
           .scores = scores,
           .answers = &answers_,
           .attempts = attempts,
           .abandon = &abandon});
    if (abandon) return std::nullopt;
    for (auto& attempt : attempts) {
        const auto& prompt = train.prompts[attempt.sample];
        attempt.score = scores[attempt.sample];
        attempt.answer = answers_[attempt.sample];
        attempt.prompt = piecesOf(prompt, *questions_->tokenizer);
        attempt.promptTokens = prompt.size();
        if (questions_->beginToken)
            attempt.doubt = doubtAboutBegin(prompt, *questions_->beginToken, *questions_->tokenizer, settings_.chat);
    }
    return attempts;
}

void CausalLmTask::score(const Pass& pass) {
    const c10::InferenceMode inference;
    if (settings_.scoring == QuestionScoring::ExactMatch)
        generateAndCompare(pass);
    else
        compareLikelihoods(pass);
}

void CausalLmTask::generateAndCompare(const Pass& pass) {
    GenerationRequest request{.prompts = {},
                              .maximumNewTokens = static_cast<std::int64_t>(settings_.maxNewTokens),
                              .streams = {},
                              .stopTokens = network().config().endTokens,
                              .stop = nullptr,
                              .batch = kTextsAtATime,
                              .cancelled = pass.abandon};
    for (const auto question : pass.questions) request.prompts.push_back(pass.set.prompts[question]);
    if (!settings_.stop.empty())
        request.stop = [this](std::size_t, std::span<const std::int32_t> tokens) {
            const auto text = questions_->tokenizer->decode(tokens, /*skipSpecial=*/true);
            return beforeStop(text, settings_.stop).size() < text.size();
        };
    const auto continuations = generate(network(), request);
    if (pass.abandon && *pass.abandon) return;
    for (std::size_t i = 0; i < pass.questions.size(); ++i) {
        const auto question = pass.questions[i];
        const auto& [tokens, ending] = continuations[i];
        tokens_ += request.prompts[i].size() + tokens.size();
        const auto text = questions_->tokenizer->decode(tokens, /*skipSpecial=*/true);
        const auto answer = beforeStop(text, settings_.stop);
        pass.scores[question] = questions_->check.isRight(answer, pass.set.questions[question].reference) ? 1.0f : 0.0f;
        if (pass.answers) (*pass.answers)[question] = answer;
        if (pass.attempts.empty()) continue;
        pass.attempts[i].newTokens = tokens.size();
        pass.attempts[i].ending =
            ending == Continuation::Ending::Length ? Attempt::Ending::CutOff : Attempt::Ending::ByItself;
    }
}

void CausalLmTask::compareLikelihoods(const Pass& pass) {
    const auto& [set, questions, scores, answers, attempts, abandon] = pass;
    std::vector<LikelihoodQuestion> asked;
    for (const auto question : questions) {
        tokens_ += set.prompts[question].size();
        for (const auto& continuation : set.continuations[question]) {
            asked.push_back({set.prompts[question], continuation});
            tokens_ += continuation.size();
        }
    }
    const auto found = logLikelihoods(network(), asked, kTextsAtATime, abandon);
    if (abandon && *abandon) return;

    std::size_t next = 0;
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const auto question = questions[i];
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
        if (!attempts.empty()) attempts[i].chance = 1.0 / static_cast<double>(values.size());
    }
}

}  // namespace mergarium
