#include "core/tasks/text_classification/text_classification_task.h"

#include "core/tasks/texts/text_reading.h"

#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace mergarium {
namespace {

/// Softmax of one number; 0 where the numbers are none, as of a model that overflows.
float probabilityOf(std::span<const float> logits, std::size_t label) {
    const double most = *std::ranges::max_element(logits);
    double sum = 0.0;
    for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - most);
    const double probability = std::exp(static_cast<double>(logits[label]) - most) / sum;
    return std::isfinite(probability) ? static_cast<float>(std::clamp(probability, 0.0, 1.0)) : 0.0F;
}

}  // namespace

TextClassificationTask::TextClassificationTask(std::shared_ptr<const LabelledTexts> texts, const Founders& founders,
                                               const ScoringDevice& device)
    : TextTask(texts->samples, texts->train.batches,
               ScoredDecoder(texts->config, founders, device, texts->settings.weights)),
      texts_(std::move(texts)) {}

std::vector<TextClassificationTask::Found> TextClassificationTask::classify(const LabelledTexts::Set& set,
                                                                            std::span<const std::uint32_t> texts) {
    const c10::InferenceMode inference;
    std::vector<Found> found;
    for (std::size_t begin = 0; begin < texts.size(); begin += kTextsAtATime) {
        const auto some = texts.subspan(begin, std::min(kTextsAtATime, texts.size() - begin));
        std::size_t longest = 0;
        std::vector<Piece> pieces;
        for (const auto text : some) {
            pieces.push_back(
                {.slot = static_cast<std::int64_t>(pieces.size()), .tokens = set.tokens[text], .logits = true});
            longest = std::max(longest, set.tokens[text].size());
            tokens_ += set.tokens[text].size();
        }
        auto cache = network().cache(static_cast<std::int64_t>(some.size()), static_cast<std::int64_t>(longest));
        const auto logits = network().forward(pieces, cache).logits.cpu();
        const auto labels = static_cast<std::size_t>(logits.size(1));
        for (std::size_t row = 0; row < some.size(); ++row) {
            const std::span own(logits.data_ptr<float>() + row * labels, labels);
            const auto label = static_cast<std::size_t>(std::ranges::max_element(own) - own.begin());
            const auto right = set.right[some[row]];
            const bool isNumber = std::ranges::all_of(own, [](float value) { return std::isfinite(value); });
            const float score = texts_->settings.scoring == LabelScoring::Probability ? probabilityOf(own, right)
                                : label == right && isNumber                          ? 1.0F
                                                                                      : 0.0F;
            found.push_back({.label = label, .score = score});
        }
    }
    return found;
}

void TextClassificationTask::scoreBatch(std::size_t index, std::span<float> scores) {
    const auto& texts = texts_->train.batches[index];
    const auto found = classify(texts_->train, texts);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        scores[texts[i]] = found[i].score;
        answers_[texts[i]] = texts_->config.labels[found[i].label];
    }
}

std::optional<std::vector<Attempt>> TextClassificationTask::attempt(std::span<const std::uint32_t> samples,
                                                                    const std::atomic<bool>& abandon) {
    auto attempts = attemptsAt(samples, *texts_->samples);
    for (std::size_t begin = 0; begin < samples.size(); begin += kTextsAtATime) {
        if (abandon) return std::nullopt;
        const auto some = samples.subspan(begin, std::min(kTextsAtATime, samples.size() - begin));
        const auto found = classify(texts_->train, some);
        for (std::size_t i = 0; i < some.size(); ++i) {
            auto& attempt = attempts[begin + i];
            const auto& tokens = texts_->train.tokens[some[i]];
            attempt.score = found[i].score;
            attempt.chance = 1.0 / static_cast<double>(texts_->config.labels.size());
            attempt.prompt = piecesOf(tokens, *texts_->tokenizer);
            attempt.promptTokens = tokens.size();
            attempt.answer = texts_->config.labels[found[i].label];
        }
    }
    return attempts;
}

std::optional<double> TextClassificationTask::testScore(const std::atomic<bool>* abandon) {
    const auto& test = texts_->test;
    if (test.texts.empty()) return std::nullopt;
    double total = 0.0;
    for (const auto& batch : test.batches) {
        if (abandon && *abandon) return std::nullopt;
        for (const auto& one : classify(test, batch)) total += static_cast<double>(one.score);
    }
    return total / static_cast<double>(test.texts.size());
}

}  // namespace mergarium
