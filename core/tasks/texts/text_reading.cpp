#include "core/tasks/texts/text_reading.h"

#include "core/founders/child_folder.h"
#include "core/founders/network_names.h"
#include "core/networks/model_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace mergarium {

DecoderConfig networkOf(const FounderSource& first, const Layout& layout) {
    auto config = withNamesOf(configOf(first), layout);
    if (config.labels.empty()) config.tied = tiedIn(layout, first);
    return config;
}

void checkVocabulary(const Tokenizer& tokenizer, const DecoderConfig& config, const FounderSource& founder) {
    const auto folder = founder.tokenizerFolder().string();
    const auto rows = static_cast<std::size_t>(config.vocabulary);
    if (tokenizer.vocabularySize() > rows)
        throw std::runtime_error(
            fmt::format("{}: the tokenizer has {} tokens, the network {} rows for them (config.json, vocab_size): the "
                        "tokenizer is another model's.",
                        folder, tokenizer.vocabularySize(), rows));
    for (const auto token : config.endTokens)
        if (tokenizer.tokenOf(token).empty())
            throw std::runtime_error(
                fmt::format("{}: token {}, which ends a text (eos_token_id), is unknown to the tokenizer: the "
                            "tokenizer is another model's.",
                            folder, token));
}

std::vector<ReadPiece> piecesOf(std::span<const std::int32_t> prompt, const Tokenizer& tokenizer) {
    std::vector<ReadPiece> pieces;
    for (std::size_t begin = 0; begin < prompt.size();) {
        auto end = begin + 1;
        const bool special = tokenizer.isSpecial(prompt[begin]);
        while (!special && end < prompt.size() && !tokenizer.isSpecial(prompt[end])) ++end;
        pieces.push_back({.text = special ? tokenizer.tokenOf(prompt[begin])
                                          : tokenizer.decode(prompt.subspan(begin, end - begin), false),
                          .special = special});
        begin = end;
    }
    return pieces;
}

std::vector<std::vector<std::uint32_t>> batchesOf(std::span<const Question> questions,
                                                  std::span<const std::vector<std::int32_t>> prompts,
                                                  std::uint64_t batch) {
    constexpr std::size_t kQuestionsPerBatch = 32;
    std::vector<std::uint32_t> order(questions.size());
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::stable_sort(order, [&](auto a, auto b) {
        if (questions[a].file != questions[b].file) return questions[a].file < questions[b].file;
        return prompts[a].size() < prompts[b].size();
    });
    const auto size = batch == 0 ? kQuestionsPerBatch : static_cast<std::size_t>(batch);
    std::vector<std::vector<std::uint32_t>> batches;
    for (std::size_t begin = 0; begin < order.size(); begin += size)
        batches.emplace_back(order.begin() + static_cast<std::ptrdiff_t>(begin),
                             order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), begin + size)));
    return batches;
}

}  // namespace mergarium
