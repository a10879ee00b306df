#include "core/tasks/causal_lm/causal_lm_task.h"

#include "core/networks/generation.h"
#include "core/networks/likelihood.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace mergarium {
namespace {

/// Questions scored between two looks at whether the child is lost, or the run is to stop.
constexpr std::size_t kQuestionsPerBatch = 32;
/// Texts that go through the network side by side.
constexpr std::size_t kTextsAtATime = 16;

std::filesystem::path folderOf(const Checkpoint& base) {
    if (base.folder().empty())
        throw std::runtime_error(
            fmt::format("{}: there is no config.json beside it; name the model's folder.", base.path().string()));
    return base.folder();
}

/// Where the text ends: at the first stop text in it, which is left out.
std::string_view beforeStop(std::string_view text, const std::vector<std::string>& stops) {
    for (const auto& stop : stops)
        if (!stop.empty()) text = text.substr(0, text.find(stop));
    return text;
}

std::size_t commonPrefix(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
    return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

}  // namespace

CausalLmTask::CausalLmTask(const CausalLmSettings& settings, const Checkpoint& base, const Founders& founders,
                           torch::Device device)
    : settings_(settings),
      tokenizer_(Tokenizer::open(folderOf(base))),
      check_(settings),
      network_(LlamaConfig::read(folderOf(base)), founders.layout(), device),
      stopTokens_(network_.config().endTokens) {
    checkVocabulary(base);
    auto questions = readQuestions(settings);
    samples_ = std::make_shared<const SampleSet>(samplesOf(questions));
    train_ = prepared(std::move(questions.train));
    test_ = prepared(std::move(questions.test));
    answers_.resize(samples_->size());

    // What is frozen is the same in every model: written once, behind the parameters.
    const auto begin = founders.length();
    std::vector<float> frozen(founders.layout().extent() - begin);
    if (frozen.empty()) return;
    founders.read(0, begin, frozen);
    network_.flat()
        .narrow(0, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(frozen.size()))
        .copy_(torch::tensor(frozen));
}

void CausalLmTask::checkVocabulary(const Checkpoint& base) const {
    const auto rows = static_cast<std::size_t>(network_.config().vocabulary);
    if (tokenizer_->vocabularySize() > rows)
        throw std::runtime_error(
            fmt::format("{}: the tokenizer has {} tokens, the network {} rows for them (config.json, vocab_size): the "
                        "tokenizer is another model's.",
                        folderOf(base).string(), tokenizer_->vocabularySize(), rows));
    for (const auto token : stopTokens_)
        if (tokenizer_->tokenOf(token).empty())
            throw std::runtime_error(
                fmt::format("{}: token {}, which ends a text (eos_token_id), is unknown to the tokenizer: the "
                            "tokenizer is another model's.",
                            folderOf(base).string(), token));
}

CausalLmTask::Prepared CausalLmTask::prepared(std::vector<Question> questions) const {
    Prepared set{.questions = std::move(questions), .prompts = {}, .continuations = {}, .batches = {}};
    const auto context = static_cast<std::size_t>(network_.config().context);
    const bool generates = settings_.scoring == QuestionScoring::ExactMatch;
    for (const auto& question : set.questions) {
        auto prompt = tokenizer_->encode(question.prompt, SpecialTokens::Add);
        std::vector<std::vector<std::int32_t>> continuations;
        const auto texts = generates ? std::vector<std::string>{}
                           : settings_.scoring == QuestionScoring::MultipleChoice
                               ? question.choices
                               : std::vector<std::string>{question.reference};
        std::size_t longest = 1;
        // A text's tokens can straddle the end of the prompt: what all of them share with it is the prompt.
        std::vector<std::vector<std::int32_t>> whole;
        std::size_t shared = prompt.size();
        for (const auto& text : texts) {
            whole.push_back(tokenizer_->encode(question.prompt + text, SpecialTokens::Add));
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
    const auto size = settings_.batch == 0 ? kQuestionsPerBatch : static_cast<std::size_t>(settings_.batch);
    for (std::size_t begin = 0; begin < order.size(); begin += size)
        set.batches.emplace_back(order.begin() + static_cast<std::ptrdiff_t>(begin),
                                 order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), begin + size)));
    return set;
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
    score(train_, train_.batches[index], scores, &answers_);
}

std::optional<double> CausalLmTask::testScore(const std::atomic<bool>* abandon) {
    if (test_.questions.empty()) return std::nullopt;
    std::vector<float> scores(test_.questions.size());
    for (const auto& batch : test_.batches) {
        if (abandon && *abandon) return std::nullopt;
        score(test_, batch, scores, nullptr);
    }
    double total = 0.0;
    for (const float value : scores) total += static_cast<double>(value);
    return total / static_cast<double>(scores.size());
}

void CausalLmTask::score(const Prepared& set, std::span<const std::uint32_t> batch, std::span<float> scores,
                         std::vector<std::string>* answers) {
    const c10::InferenceMode inference;
    if (settings_.scoring == QuestionScoring::ExactMatch)
        generateAndCompare(set, batch, scores, answers);
    else
        compareLikelihoods(set, batch, scores, answers);
}

void CausalLmTask::generateAndCompare(const Prepared& set, std::span<const std::uint32_t> batch,
                                      std::span<float> scores, std::vector<std::string>* answers) {
    GenerationRequest request{.prompts = {},
                              .maximumNewTokens = static_cast<std::int64_t>(settings_.maxNewTokens),
                              .streams = {},
                              .stopTokens = stopTokens_,
                              .stop = nullptr,
                              .batch = kTextsAtATime};
    for (const auto question : batch) request.prompts.push_back(set.prompts[question]);
    if (!settings_.stop.empty())
        request.stop = [this](std::size_t, std::span<const std::int32_t> tokens) {
            const auto text = tokenizer_->decode(tokens, /*skipSpecial=*/true);
            return beforeStop(text, settings_.stop).size() < text.size();
        };
    const auto continuations = generate(network_, request);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        tokens_ += request.prompts[i].size() + continuations[i].tokens.size();
        const auto text = tokenizer_->decode(continuations[i].tokens, /*skipSpecial=*/true);
        const auto answer = beforeStop(text, settings_.stop);
        scores[batch[i]] = check_.isRight(answer, set.questions[batch[i]].reference) ? 1.0f : 0.0f;
        if (answers) (*answers)[batch[i]] = answer;
    }
}

void CausalLmTask::compareLikelihoods(const Prepared& set, std::span<const std::uint32_t> batch,
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
