#include "core/networks/likelihood.h"

#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

std::int64_t lengthOf(const LikelihoodQuestion& question) {
    return static_cast<std::int64_t>(question.prompt.size() + question.continuation.size());
}

void check(const Decoder& network, std::span<const LikelihoodQuestion> questions) {
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const auto length = lengthOf(questions[i]);
        if (questions[i].prompt.empty()) throw std::runtime_error(fmt::format("Text {} has an empty prompt.", i + 1));
        if (length > network.config().context)
            throw std::runtime_error(fmt::format("Text {} has {} tokens, more than the model's context of {}.", i + 1,
                                                 length, network.config().context));
    }
}

/// Questions [begin, end) that share a prompt, and how the network reads it.
struct Group {
    std::size_t begin = 0, end = 0;
};

std::vector<Group> groupByPrompt(std::span<const LikelihoodQuestion> questions, std::size_t most,
                                 std::int64_t readAnewAt) {
    std::vector<Group> groups;
    // The last token of a text is never read.
    const auto isLong = [&](std::size_t i) { return readAnewAt > 0 && lengthOf(questions[i]) - 1 > readAnewAt; };
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const bool same = i > 0 && i - groups.back().begin < most && isLong(i) == isLong(i - 1) &&
                          std::ranges::equal(questions[i].prompt, questions[i - 1].prompt);
        if (same)
            groups.back().end = i + 1;
        else
            groups.push_back({.begin = i, .end = i + 1});
    }
    return groups;
}

/// Answers some groups: first their prompts without the last token, each once, then what is asked for.
void answer(const Decoder& network, std::span<const LikelihoodQuestion> questions, std::span<const Group> groups,
            std::vector<std::vector<float>>& answers) {
    const std::size_t begin = groups.front().begin;
    const std::size_t end = groups.back().end;
    std::size_t longest = 0;
    for (std::size_t i = begin; i < end; ++i)
        longest = std::max(longest, questions[i].prompt.size() + questions[i].continuation.size());
    auto cache = network.cache(static_cast<std::int64_t>(end - begin), static_cast<std::int64_t>(longest));

    std::vector<Piece> prompts;
    for (const auto& group : groups) {
        const auto prompt = questions[group.begin].prompt;
        if (prompt.size() > 1)
            prompts.push_back({.slot = static_cast<std::int64_t>(group.begin - begin),
                               .position = 0,
                               .tokens = prompt.first(prompt.size() - 1),
                               .expectedLength = lengthOf(questions[group.begin]) - 1});
    }
    if (!prompts.empty()) network.forward(prompts, cache);
    for (const auto& group : groups)
        for (std::size_t i = group.begin + 1; i < group.end; ++i)
            cache.copySlot(static_cast<std::int64_t>(group.begin - begin), static_cast<std::int64_t>(i - begin));

    // The last token of the prompt, and the continuation without its own last.
    std::vector<std::vector<std::int32_t>> texts;
    std::vector<std::size_t> whose;
    for (std::size_t i = begin; i < end; ++i) {
        if (questions[i].continuation.empty()) continue;
        auto& text = texts.emplace_back(1, questions[i].prompt.back());
        text.insert(text.end(), questions[i].continuation.begin(), questions[i].continuation.end() - 1);
        whose.push_back(i);
    }
    std::vector<Piece> pieces;
    for (std::size_t k = 0; k < texts.size(); ++k)
        pieces.push_back({.slot = static_cast<std::int64_t>(whose[k] - begin),
                          .position = static_cast<std::int64_t>(questions[whose[k]].prompt.size()) - 1,
                          .tokens = texts[k],
                          .targets = questions[whose[k]].continuation});
    auto results = network.forward(pieces, cache);
    for (std::size_t k = 0; k < texts.size(); ++k) answers[whose[k]] = std::move(results.logProbabilities[k]);
}

}  // namespace

std::vector<std::vector<float>> logLikelihoods(const Decoder& network, std::span<const LikelihoodQuestion> questions,
                                               std::size_t batch, const std::atomic<bool>* cancelled) {
    const c10::InferenceMode inference;
    check(network, questions);
    std::vector<std::vector<float>> answers(questions.size());
    const std::size_t rows = std::max<std::size_t>(1, batch);
    const auto groups = groupByPrompt(questions, rows, network.config().readAnewAt());
    for (std::size_t first = 0; first < groups.size();) {
        if (cancelled && *cancelled) break;
        std::size_t last = first + 1;
        while (last < groups.size() && groups[last].end - groups[first].begin <= rows) ++last;
        answer(network, questions, std::span(groups).subspan(first, last - first), answers);
        first = last;
    }
    return answers;
}

}  // namespace mergarium
