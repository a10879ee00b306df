#include "core/networks/generation.h"

#include "core/networks/likelihood.h"
#include "tests/support/random_decoder.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTest>

#include <atomic>
#include <cmath>

using namespace mergarium;
using namespace mergarium::test;

namespace {}  // namespace

class GenerationTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsDrawnDependsOnSeedAndPromptAlone() {
        const auto network = randomNetwork(smallConfig());
        GenerationRequest request{.prompts = texts(), .maximumNewTokens = 20, .temperature = 1.0, .seed = 5};
        const auto first = continuations(network, request);
        request.batch = 2;
        QCOMPARE(continuations(network, request), first);
        GenerationRequest third{
            .prompts = {texts()[2]}, .maximumNewTokens = 20, .temperature = 1.0, .seed = 5, .streams = {2}};
        QCOMPARE(continuations(network, third).front(), first[2]);
        request.seed = 6;
        QVERIFY(continuations(network, request) != first);
        request.temperature = 1e-4;
        GenerationRequest greedy{.prompts = texts(), .maximumNewTokens = 20};
        QCOMPARE(continuations(network, request), continuations(network, greedy));
    }

    void tokensAreDrawnAsOftenAsTheyAreLikely() {
        const auto network = randomNetwork(smallConfig());
        constexpr std::size_t kDraws = 4000;
        const auto results = whole(network, {texts()[0]});
        const auto logits = rowOf(results.logits, 0);
        double sum = 0.0;
        for (const float logit : logits) sum += std::exp(static_cast<double>(logit) / 2.0);
        std::vector<double> counts(logits.size());
        GenerationRequest request{.prompts = std::vector<Tokens>(kDraws, texts()[0]),
                                  .maximumNewTokens = 1,
                                  .temperature = 2.0,
                                  .batch = 500};
        for (const auto& one : continuations(network, request)) counts[static_cast<std::size_t>(one.front())] += 1.0;
        for (std::size_t token = 0; token < logits.size(); ++token) {
            const double expected = kDraws * std::exp(static_cast<double>(logits[token]) / 2.0) / sum;
            QVERIFY(std::abs(counts[token] - expected) < 5.0 * std::sqrt(expected) + 5.0);
        }
    }

    void aTextEndsWithItsStopToken() {
        const auto network = randomNetwork(smallConfig());
        GenerationRequest request{.prompts = texts(), .maximumNewTokens = 12};
        const auto free = continuations(network, request);
        request.stopTokens = {free[1][4]};
        const auto stopped = generate(network, request);
        for (std::size_t i = 0; i < texts().size(); ++i) {
            const auto end = std::find(free[i].begin(), free[i].end(), free[1][4]);
            QCOMPARE(stopped[i].tokens, Tokens(free[i].begin(), end == free[i].end() ? end : end + 1));
            QCOMPARE(stopped[i].ending == Continuation::Ending::StopToken, end != free[i].end());
        }
    }

    void aRuleMayEndATextWhileOthersGoOn() {
        const auto network = randomNetwork(smallConfig());
        GenerationRequest request{.prompts = texts(), .maximumNewTokens = 12};
        const auto free = continuations(network, request);
        request.stop = [](std::size_t prompt, std::span<const std::int32_t> tokens) {
            return tokens.size() == 3 * prompt + 1;
        };
        request.batch = 3;
        const auto stopped = generate(network, request);
        for (std::size_t i = 0; i < texts().size(); ++i) {
            QCOMPARE(stopped[i].tokens,
                     Tokens(free[i].begin(), free[i].begin() + static_cast<std::ptrdiff_t>(3 * i + 1)));
            QVERIFY(stopped[i].ending == Continuation::Ending::StopRule);
        }
    }

    void generationEndsAtTheContextAndWhenCancelled() {
        const auto network = randomNetwork(smallConfig({{"max_position_embeddings", 75}}));
        const auto ended = generate(network, {.prompts = {texts()[1]}, .maximumNewTokens = 50});
        QCOMPARE(ended.front().tokens.size(), std::size_t{6});  // 70 + 6 tokens, of which the last is never fed
        QVERIFY(ended.front().ending == Continuation::Ending::Length);

        std::atomic<bool> cancelled = false;
        GenerationRequest request{.prompts = texts(), .maximumNewTokens = 50};
        request.stop = [&](std::size_t, std::span<const std::int32_t> tokens) {
            return (cancelled = tokens.size() == 2, false);
        };
        request.cancelled = &cancelled;
        for (const auto& one : generate(network, request)) {
            QCOMPARE(one.tokens.size(), std::size_t{2});
            QVERIFY(one.ending == Continuation::Ending::Cancelled);
        }
    }

    void promptsBeyondTheContextAreRefused() {
        const auto network = randomNetwork(smallConfig({{"max_position_embeddings", 69}}));
        const std::vector<LikelihoodQuestion> questions{{.prompt = texts()[1], .continuation = texts()[0]}};
        QCOMPARE(messageOf([&] { generate(network, {.prompts = texts()}); }),
                 std::string("Prompt 2 has 70 tokens, more than the model's context of 69."));
        QCOMPARE(messageOf([&] { generate(network, {.prompts = {{}}}); }), std::string("Prompt 1 is empty."));
        QCOMPARE(messageOf([&] { logLikelihoods(network, questions, 4); }),
                 std::string("Text 1 has 73 tokens, more than the model's context of 69."));
    }

    void likelihoodsAreThoseOfTheWholeText() {
        const auto network = randomNetwork(smallConfig());
        const Tokens one{5}, two{7, 9, 11};
        const std::vector<LikelihoodQuestion> questions{{texts()[0], one}, {texts()[0], two}, {texts()[1], two},
                                                        {texts()[3], one}, {texts()[3], two}, {texts()[2], {}}};
        for (const std::size_t batch : {1U, 3U, 16U}) {
            const auto answers = logLikelihoods(network, questions, batch);
            for (std::size_t i = 0; i < questions.size(); ++i) {
                Tokens text(questions[i].prompt.begin(), questions[i].prompt.end());
                text.insert(text.end(), questions[i].continuation.begin(), questions[i].continuation.end());
                const auto all = whole(network, {text}).logProbabilities.front();
                QCOMPARE(answers[i],
                         std::vector<float>(all.end() - static_cast<std::ptrdiff_t>(questions[i].continuation.size()),
                                            all.end()));
            }
        }
    }
};

MERGARIUM_SUITE(GenerationTest)
#include "generation_test.moc"
