#include "core/tasks/causal_lm/prepared_questions.h"

#include "core/families/families.h"
#include "core/founders/child_folder.h"
#include "core/networks/decoder/decoder_weights.h"
#include "core/networks/model_config.h"
#include "core/tasks/causal_lm/begin_token.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace mergarium {
namespace {

/// Questions scored between two looks at whether the child is lost, or the run is to stop.
constexpr std::size_t kQuestionsPerBatch = 32;

/// As the founder has it, but for what the other founders change: whether the head is the embedding.
DecoderConfig configOf(const FounderSource& founder, const Layout& layout) {
    auto config = withNamesOf(configOf(founder), layout);
    config.tied = tiedIn(layout, founder);
    return config;
}

std::size_t commonPrefix(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
    return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

}  // namespace

PreparedQuestions::PreparedQuestions(const CausalLmSettings& chosen, const FounderSource& founder, const Layout& layout)
    : settings(chosen),
      config(configOf(founder, layout)),
      tokenizer(Tokenizer::open(founder.tokenizerFolder())),
      beginToken(beginTokenOf(founder.tokenizerFolder(), config, *tokenizer)),
      check(chosen),
      specialTokens(specialTokensOf(chosen.chat)) {
    checkVocabulary(founder.tokenizerFolder());
    auto questions = readQuestions(settings, Chat(settings, founder.tokenizerFolder()));
    samples = std::make_shared<const SampleSet>(samplesOf(questions));
    train = prepared(std::move(questions.train));
    test = prepared(std::move(questions.test));
}

void PreparedQuestions::checkVocabulary(const std::filesystem::path& folder) const {
    const auto rows = static_cast<std::size_t>(config.vocabulary);
    if (tokenizer->vocabularySize() > rows)
        throw std::runtime_error(
            fmt::format("{}: the tokenizer has {} tokens, the network {} rows for them (config.json, vocab_size): the "
                        "tokenizer is another model's.",
                        folder.string(), tokenizer->vocabularySize(), rows));
    for (const auto token : config.endTokens)
        if (tokenizer->tokenOf(token).empty())
            throw std::runtime_error(
                fmt::format("{}: token {}, which ends a text (eos_token_id), is unknown to the tokenizer: the "
                            "tokenizer is another model's.",
                            folder.string(), token));
}

std::vector<ReadPiece> PreparedQuestions::read(std::span<const std::int32_t> prompt) const {
    std::vector<ReadPiece> pieces;
    for (std::size_t begin = 0; begin < prompt.size();) {
        auto end = begin + 1;
        const bool special = tokenizer->isSpecial(prompt[begin]);
        while (!special && end < prompt.size() && !tokenizer->isSpecial(prompt[end])) ++end;
        pieces.push_back({.text = special ? tokenizer->tokenOf(prompt[begin])
                                          : tokenizer->decode(prompt.subspan(begin, end - begin), false),
                          .special = special});
        begin = end;
    }
    return pieces;
}

PreparedQuestions::Set PreparedQuestions::prepared(std::vector<Question> questions) const {
    Set set{.questions = std::move(questions), .prompts = {}, .continuations = {}, .batches = {}};
    const auto context = static_cast<std::size_t>(config.context);
    const bool generates = settings.scoring == QuestionScoring::ExactMatch;
    for (const auto& question : set.questions) {
        auto prompt = tokenizer->encode(question.prompt, specialTokens);
        std::vector<std::vector<std::int32_t>> continuations;
        const auto texts = generates ? std::vector<std::string>{}
                           : settings.scoring == QuestionScoring::MultipleChoice
                               ? question.choices
                               : std::vector<std::string>{question.reference};
        std::size_t longest = 1;
        // A text's tokens can straddle the end of the prompt: what all of them share with it is the prompt.
        std::vector<std::vector<std::int32_t>> whole;
        std::size_t shared = prompt.size();
        for (const auto& text : texts) {
            whole.push_back(tokenizer->encode(question.prompt + text, specialTokens));
            shared = std::min(shared, commonPrefix(prompt, whole.back()));
        }
        prompt.resize(shared);
        for (const auto& tokens : whole) {
            if (tokens.size() <= shared)
                throw std::runtime_error(fmt::format("{}: a choice or reference is empty.", question.place));
            continuations.emplace_back(tokens.begin() + static_cast<std::ptrdiff_t>(shared), tokens.end());
            longest = std::max(longest, continuations.back().size());
        }
        if (prompt.empty()) throw std::runtime_error(fmt::format("{}: the prompt has no tokens.", question.place));
        if (prompt.size() + longest > context)
            throw std::runtime_error(
                fmt::format("{}: {} tokens of prompt and {} behind it are more than the model's context of {}.",
                            question.place, prompt.size(), longest, context));
        set.prompts.push_back(std::move(prompt));
        set.continuations.push_back(std::move(continuations));
    }

    // Questions of one file and of like length together: they end at about the same time, and a child is often lost on
    // one file.
    std::vector<std::uint32_t> order(set.questions.size());
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::stable_sort(order, [&](auto a, auto b) {
        if (set.questions[a].file != set.questions[b].file) return set.questions[a].file < set.questions[b].file;
        return set.prompts[a].size() < set.prompts[b].size();
    });
    const auto size = settings.batch == 0 ? kQuestionsPerBatch : static_cast<std::size_t>(settings.batch);
    for (std::size_t begin = 0; begin < order.size(); begin += size)
        set.batches.emplace_back(order.begin() + static_cast<std::ptrdiff_t>(begin),
                                 order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), begin + size)));
    return set;
}

}  // namespace mergarium
