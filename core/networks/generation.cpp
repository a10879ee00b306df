#include "core/networks/generation.h"

#include "core/random/random_stream.h"

#include <ATen/ops/argmax.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace mergarium {
namespace {

/// A text that is being continued.
struct Text {
    std::size_t prompt = 0;
    /// Number of its tokens in the cache.
    std::int64_t seen = 0;
};

void check(const Decoder& network, const GenerationRequest& request) {
    for (std::size_t i = 0; i < request.prompts.size(); ++i) {
        const auto length = static_cast<std::int64_t>(request.prompts[i].size());
        if (length == 0) throw std::runtime_error(fmt::format("Prompt {} is empty.", i + 1));
        if (length > network.config().context)
            throw std::runtime_error(fmt::format("Prompt {} has {} tokens, more than the model's context of {}.", i + 1,
                                                 length, network.config().context));
    }
}

/// A token drawn with probability proportional to e^(logit / temperature).
std::int32_t sample(std::span<const float> logits, double temperature, double uniform) {
    const double largest = *std::max_element(logits.begin(), logits.end());
    std::vector<double> weights(logits.size());
    double sum = 0.0;
    for (std::size_t i = 0; i < logits.size(); ++i)
        sum += weights[i] = std::exp((static_cast<double>(logits[i]) - largest) / temperature);
    double left = uniform * sum;
    for (std::size_t i = 0; i < weights.size(); ++i)
        if ((left -= weights[i]) < 0.0) return static_cast<std::int32_t>(i);
    return static_cast<std::int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

/// The next token of every text, from logits [texts, vocabulary].
std::vector<std::int32_t> choose(const torch::Tensor& logits, std::span<const Text> texts,
                                 const GenerationRequest& request, std::span<const Continuation> results) {
    std::vector<std::int32_t> tokens(texts.size());
    if (request.temperature <= 0.0) {
        const auto best = logits.argmax(-1).cpu();
        for (std::size_t i = 0; i < texts.size(); ++i)
            tokens[i] = static_cast<std::int32_t>(best.data_ptr<std::int64_t>()[i]);
        return tokens;
    }
    const auto host = logits.cpu();
    const auto vocabulary = static_cast<std::size_t>(host.size(1));
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::size_t prompt = texts[i].prompt;
        const std::uint64_t stream = request.streams.empty() ? prompt : request.streams[prompt];
        RandomStream random(request.seed, (stream << 32) + results[prompt].tokens.size(), Purpose::TokenSampling);
        tokens[i] =
            sample({host.data_ptr<float>() + i * vocabulary, vocabulary}, request.temperature, random.uniform());
    }
    return tokens;
}

}  // namespace

std::vector<Continuation> generate(const Decoder& network, const GenerationRequest& request) {
    const c10::InferenceMode inference;
    check(network, request);
    std::vector<Continuation> results(request.prompts.size());
    if (request.prompts.empty() || request.maximumNewTokens <= 0) {
        for (auto& result : results) result.ending = Continuation::Ending::Length;
        return results;
    }

    std::size_t longest = 0;
    for (const auto& prompt : request.prompts) longest = std::max(longest, prompt.size());
    // The last token of a text is never fed.
    const auto capacity =
        std::min(network.config().context, static_cast<std::int64_t>(longest) + request.maximumNewTokens - 1);
    const auto slots = std::clamp<std::size_t>(request.batch, 1, request.prompts.size());
    auto cache = network.cache(static_cast<std::int64_t>(slots), capacity);

    const auto readAnew = network.config().readAnewAt();
    // Text i occupies row i of the cache.
    std::vector<Text> texts;
    std::size_t next = 0;
    while (next < request.prompts.size() || !texts.empty()) {
        if (request.cancelled && *request.cancelled) break;
        while (texts.size() < slots && next < request.prompts.size()) texts.push_back({.prompt = next++});
        std::vector<Piece> pieces;
        std::vector<std::vector<std::int32_t>> wholes(texts.size());
        for (std::size_t row = 0; row < texts.size(); ++row) {
            auto& text = texts[row];
            const std::span<const std::int32_t> prompt = request.prompts[text.prompt];
            const std::span<const std::int32_t> added = results[text.prompt].tokens;
            auto fresh = text.seen == 0 ? prompt : added.last(1);
            if (text.seen > 0 && readAnew == text.seen) {
                wholes[row].assign(prompt.begin(), prompt.end());
                wholes[row].insert(wholes[row].end(), added.begin(), added.end());
                fresh = wholes[row];
                text.seen = 0;
            }
            pieces.push_back(
                {.slot = static_cast<std::int64_t>(row), .position = text.seen, .tokens = fresh, .logits = true});
            text.seen += static_cast<std::int64_t>(fresh.size());
        }
        const auto tokens = choose(network.forward(pieces, cache).logits, texts, request, results);

        // Backwards: an ended text's row is taken over by the last text.
        for (std::size_t row = texts.size(); row-- > 0;) {
            auto& result = results[texts[row].prompt];
            result.tokens.push_back(tokens[row]);
            const auto isStop = std::find(request.stopTokens.begin(), request.stopTokens.end(), tokens[row]) !=
                                request.stopTokens.end();
            if (isStop)
                result.ending = Continuation::Ending::StopToken;
            else if (request.stop && request.stop(texts[row].prompt, result.tokens))
                result.ending = Continuation::Ending::StopRule;
            else if (static_cast<std::int64_t>(result.tokens.size()) >= request.maximumNewTokens ||
                     texts[row].seen >= capacity)
                result.ending = Continuation::Ending::Length;
            else
                continue;
            const std::size_t last = texts.size() - 1;
            if (row != last) {
                cache.copySlot(static_cast<std::int64_t>(last), static_cast<std::int64_t>(row));
                texts[row] = texts[last];
            }
            texts.pop_back();
        }
    }
    return results;
}

}  // namespace mergarium
