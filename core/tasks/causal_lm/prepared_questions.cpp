#include "core/tasks/causal_lm/prepared_questions.h"

#include "core/networks/model_config.h"
#include "core/tasks/causal_lm/begin_token.h"
#include "core/tasks/texts/text_reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

std::size_t commonPrefix(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
    return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

}  // namespace

PreparedQuestions::PreparedQuestions(const CausalLmSettings& chosen, const FounderSource& founder, const Layout& layout)
    : settings(chosen),
      config(networkOf(founder, layout)),
      tokenizer(Tokenizer::open(founder.tokenizerFolder())),
      beginToken(beginTokenOf(founder.tokenizerFolder(), config, *tokenizer)),
      check(chosen),
      specialTokens(specialTokensOf(chosen.chat)) {
    requireLanguageModel(config, founder);
    checkVocabulary(*tokenizer, config, founder);
    auto questions = readQuestions(settings, Chat(settings.chat, settings.system, founder.tokenizerFolder()));
    samples = std::make_shared<const SampleSet>(samplesOf(questions));
    train = prepared(std::move(questions.train));
    test = prepared(std::move(questions.test));
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

    set.batches = batchesOf(set.questions, set.prompts, settings.batch);
    return set;
}

}  // namespace mergarium
