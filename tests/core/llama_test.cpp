#include "core/networks/attention.h"
#include "core/networks/generation.h"
#include "core/networks/library_llama.h"
#include "core/networks/likelihood.h"
#include "core/networks/llama_checkpoint.h"
#include "core/random/random_stream.h"
#include "tests/support/slow_llama.h"
#include "tests/support/tensor_files.h"

#include <QtTest>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>

using namespace mergarium;
using namespace mergarium::test;
using nlohmann::json;

Q_DECLARE_METATYPE(nlohmann::json)

namespace {

using Tokens = std::vector<std::int32_t>;
using Kernels = Llama::Kernels;

const std::filesystem::path kGolden = std::filesystem::path(MERGARIUM_TEST_DATA) / "llama";
constexpr double kTolerance = 1e-4;

json readJson(const std::filesystem::path& path) { return json::parse(std::ifstream(path)); }

std::vector<float> storedFloats(const Checkpoint& checkpoint, const std::string& name) {
    const auto* tensor = checkpoint.find(name);
    if (!tensor) throw std::runtime_error("no tensor " + name);
    std::vector<float> values(tensor->count);
    toFloats(tensor->dtype, tensor->bytes, values);
    return values;
}

double distance(std::span<const float> a, std::span<const float> b) {
    if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
    double most = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (const double one = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])); !(one <= most))
            most = one;
    return most;
}

std::span<const float> rowOf(const torch::Tensor& logits, std::size_t row) {
    const auto width = static_cast<std::size_t>(logits.size(1));
    return {logits.data_ptr<float>() + row * width, width};
}

/// All texts as one batch, with logits at their ends and the log-probabilities of all tokens but the first.
PieceResults whole(const Llama& network, const std::vector<Tokens>& texts) {
    std::size_t longest = 0;
    for (const auto& text : texts) longest = std::max(longest, text.size());
    auto cache = network.cache(static_cast<std::int64_t>(texts.size()), static_cast<std::int64_t>(longest));
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < texts.size(); ++i)
        pieces.push_back({.slot = static_cast<std::int64_t>(i),
                          .tokens = texts[i],
                          .targets = std::span(texts[i]).subspan(1),
                          .logits = true});
    return network.forward(pieces, cache);
}

std::vector<Tokens> continuations(const Llama& network, const GenerationRequest& request) {
    std::vector<Tokens> tokens;
    for (auto& one : generate(network, request)) tokens.push_back(std::move(one.tokens));
    return tokens;
}

/// A network of random weights, larger ones where that makes attention sharp enough to be told from none.
Llama randomNetwork(const json& document, Kernels kernels = Kernels::Best) {
    const auto config = LlamaConfig::parse(document, "config.json");
    Llama network(config, Llama::layout(config), torch::kCPU, kernels);
    RandomStream stream(7, 0, Purpose::FounderWeights);
    for (float& value : network.parameters()) value = static_cast<float>(0.2 * stream.normal());
    for (const auto& tensor : network.parameterLayout().tensors)
        if (tensor.name.find("norm") != std::string::npos)
            for (float& value : network.parameters().subspan(tensor.begin, tensor.count)) value += 1.0F;
    return network;
}

json smallConfig(const json& changes = json::object()) {
    json config = {{"model_type", "llama"},    {"vocab_size", 61},
                   {"hidden_size", 24},        {"intermediate_size", 40},
                   {"num_hidden_layers", 3},   {"num_attention_heads", 4},
                   {"num_key_value_heads", 2}, {"max_position_embeddings", 256},
                   {"rms_norm_eps", 1e-5},     {"rope_theta", 10000.0}};
    config.merge_patch(changes);
    return config;
}

Tokens randomText(std::size_t length, std::uint64_t seed, std::uint64_t vocabulary = 61) {
    RandomStream stream(seed, 0, Purpose::FounderWeights);
    Tokens text(length);
    for (auto& token : text) token = static_cast<std::int32_t>(stream.below(vocabulary));
    return text;
}

const std::vector<Tokens> kTexts{randomText(3, 1), randomText(70, 2), randomText(19, 3), randomText(1, 4)};

}  // namespace

class LlamaTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void publishedNetworksAgree_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<bool>("own");
        for (const char* folder : {"llama_tied", "llama_bf16", "llama_sharded", "qwen2"})
            for (const bool own : {true, false})
                QTest::addRow("%s, %s kernels", folder, own ? "own" : "libtorch's") << folder << own;
    }

    void publishedNetworksAgree() {
        QFETCH(QString, folder);
        QFETCH(bool, own);
        const auto path = kGolden / folder.toStdString();
        const auto network = openLlama(path, torch::kCPU, own ? Kernels::Best : Kernels::Library);
        const auto texts = readJson(path / "input_ids.json").get<std::vector<Tokens>>();
        const auto expected = Checkpoint::open(path / "expected.safetensors");
        const auto results = whole(network, texts);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            QVERIFY(distance(rowOf(results.logits, i), storedFloats(*expected, "logits_last." + std::to_string(i))) <
                    kTolerance);
            QVERIFY(distance(results.logProbabilities[i],
                             storedFloats(*expected, "token_logprobs." + std::to_string(i))) < kTolerance);
        }

        const auto greedy = readJson(path / "greedy.json");
        for (const std::size_t batch : {1U, 2U, 3U}) {
            const auto found = continuations(network, {.prompts = texts, .maximumNewTokens = 16, .batch = batch});
            for (std::size_t i = 0; i < texts.size(); ++i) QCOMPARE(found[i], greedy[i]["new_tokens"].get<Tokens>());
        }
    }

    void everyConfigurationAgreesWithPlainLoops_data() {
        QTest::addColumn<json>("changes");
        const json llama3 = {{"rope_type", "llama3"},
                             {"factor", 8.0},
                             {"low_freq_factor", 1.0},
                             {"high_freq_factor", 4.0},
                             {"original_max_position_embeddings", 32}};
        const json yarn = {{"rope_type", "yarn"}, {"factor", 4.0}, {"original_max_position_embeddings", 64}};
        QTest::newRow("llama") << json::object();
        QTest::newRow("as many key heads as heads") << json{{"num_key_value_heads", 4}};
        QTest::newRow("one key head") << json{{"num_key_value_heads", 1}};
        QTest::newRow("llama with biases") << json{{"attention_bias", true}, {"mlp_bias", true}};
        QTest::newRow("tied") << json{{"tie_word_embeddings", true}};
        QTest::newRow("heads of their own size") << json{{"head_dim", 34}};
        QTest::newRow("large heads") << json{{"head_dim", 64}, {"num_attention_heads", 12}};
        QTest::newRow("odd sizes") << json{
            {"hidden_size", 36}, {"intermediate_size", 29}, {"head_dim", 10}, {"vocab_size", 97}};
        QTest::newRow("linear, old spelling") << json{{"rope_scaling", {{"type", "linear"}, {"factor", 4.0}}}};
        QTest::newRow("linear, new spelling")
            << json{{"rope_parameters", {{"rope_type", "linear"}, {"factor", 2.0}, {"rope_theta", 500.0}}}};
        QTest::newRow("llama3") << json{{"rope_scaling", llama3}, {"rope_theta", 500.0}, {"head_dim", 32}};
        QTest::newRow("yarn") << json{{"rope_scaling", yarn}, {"head_dim", 32}};
        auto chosen = yarn;
        chosen.merge_patch({{"attention_factor", 1.3}, {"beta_fast", 8.0}, {"beta_slow", 2.0}});
        QTest::newRow("yarn with its own betas") << json{{"rope_scaling", chosen}, {"head_dim", 32}};
        QTest::newRow("mistral") << json{{"model_type", "mistral"}, {"sliding_window", 5}};
        QTest::newRow("mistral without window") << json{{"model_type", "mistral"}, {"sliding_window", nullptr}};
        QTest::newRow("mistral, wide window") << json{{"model_type", "mistral"}, {"sliding_window", 33}};
        QTest::newRow("qwen2") << json{{"model_type", "qwen2"}, {"sliding_window", 5}, {"use_sliding_window", false}};
        const json windows = {{"sliding_window", 6}, {"use_sliding_window", true}, {"max_window_layers", 1}};
        json qwen2 = windows;
        qwen2["model_type"] = "qwen2";
        QTest::newRow("qwen2 with windows in later layers") << qwen2;
        qwen2["layer_types"] = {"sliding_attention", "full_attention", "sliding_attention"};
        QTest::newRow("qwen2 with windows by layer types") << qwen2;
        QTest::newRow("qwen3") << json{{"model_type", "qwen3"}, {"head_dim", 16}};
        QTest::newRow("qwen3 with biases") << json{{"model_type", "qwen3"}, {"head_dim", 8}, {"attention_bias", true}};
    }

    void everyConfigurationAgreesWithPlainLoops() {
        QFETCH(json, changes);
        const auto document = smallConfig(changes);
        auto network = randomNetwork(document);
        const auto library = randomNetwork(document, Kernels::Library);
        const auto tensor = [&](const std::string& name) -> std::span<const float> {
            for (const auto& one : network.parameterLayout().tensors)
                if (one.name == name) return network.parameters().subspan(one.begin, one.count);
            return {};
        };
        const auto results = whole(network, kTexts);
        const auto byLibrary = whole(library, kTexts);
        for (std::size_t i = 0; i < kTexts.size(); ++i) {
            const auto slow = slowLogits(document, tensor, kTexts[i]);
            const std::vector<float> last(slow.back().begin(), slow.back().end());
            std::vector<float> logProbabilities;
            for (std::size_t t = 0; t + 1 < kTexts[i].size(); ++t) {
                double sum = 0.0;
                for (const double logit : slow[t]) sum += std::exp(logit);
                logProbabilities.push_back(
                    static_cast<float>(slow[t][static_cast<std::size_t>(kTexts[i][t + 1])] - std::log(sum)));
            }
            QVERIFY(distance(rowOf(results.logits, i), last) < kTolerance);
            QVERIFY(distance(rowOf(byLibrary.logits, i), last) < kTolerance);
            QVERIFY(distance(results.logProbabilities[i], logProbabilities) < kTolerance);
            QVERIFY(distance(byLibrary.logProbabilities[i], logProbabilities) < kTolerance);
        }
    }

    void aTextCountsTheSameToTheBitWhateverItIsBatchedWith() {
        const auto network = randomNetwork(smallConfig({{"hidden_size", 96}, {"vocab_size", 301}}));
        std::vector<Tokens> texts;
        for (std::uint64_t i = 0; i < 23; ++i) texts.push_back(randomText(1 + (i * 37) % 90, i, 301));
        const auto together = whole(network, texts);
        at::set_num_threads(1);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const auto alone = whole(network, {texts[i]});
            QCOMPARE(distance(rowOf(alone.logits, 0), rowOf(together.logits, i)), 0.0);
            QCOMPARE(distance(alone.logProbabilities[0], together.logProbabilities[i]), 0.0);
        }
        at::set_num_threads(2);
    }

    void aTextMayBeFedInPieces_data() {
        QTest::addColumn<bool>("own");
        QTest::newRow("own kernels") << true;
        QTest::newRow("libtorch's kernels") << false;
    }

    void aTextMayBeFedInPieces() {
        QFETCH(bool, own);
        const auto network = randomNetwork(smallConfig({{"model_type", "mistral"}, {"sliding_window", 7}}),
                                           own ? Kernels::Best : Kernels::Library);
        const auto expected = whole(network, {kTexts[1], kTexts[2]});
        auto cache = network.cache(4, 70);
        PieceResults results;
        std::size_t fed = 0;
        for (const std::size_t count : {1U, 20U, 40U, 9U}) {
            std::vector<Piece> pieces{{.slot = 3,
                                       .position = static_cast<std::int64_t>(fed),
                                       .tokens = std::span(kTexts[1]).subspan(fed, count),
                                       .logits = true}};
            if (count == 9) pieces.push_back({.slot = 1, .tokens = kTexts[2], .logits = true});
            results = network.forward(pieces, cache);
            fed += count;
        }
        const double most = own ? 0.0 : 1e-5;
        QVERIFY(distance(rowOf(results.logits, 0), rowOf(expected.logits, 0)) <= most);
        QVERIFY(distance(rowOf(results.logits, 1), rowOf(expected.logits, 1)) <= most);
    }

    void longTextsGoThroughInSeveralPasses() {
        const auto document = smallConfig({{"max_position_embeddings", 4000}});
        const auto texts = std::vector<Tokens>{randomText(1000, 1), randomText(900, 2)};
        const auto own = whole(randomNetwork(document), texts);
        const auto library = whole(randomNetwork(document, Kernels::Library), texts);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            QVERIFY(distance(rowOf(own.logits, i), rowOf(library.logits, i)) < kTolerance);
            QVERIFY(distance(own.logProbabilities[i], library.logProbabilities[i]) < kTolerance);
        }
    }

    void operatorsWorkInTheWeightsOwnType() {
        const auto document = smallConfig({{"model_type", "qwen3"}, {"head_dim", 16}});
        const auto config = LlamaConfig::parse(document, "config.json");
        const auto network = randomNetwork(document);
        const auto flat = network.flat().to(torch::kBFloat16);
        const auto weights = LlamaWeights::in(flat, config, network.parameterLayout());
        auto cache = libraryCache(config, flat.options(), 2, 80);
        const std::vector<Piece> pieces{{.slot = 0, .tokens = kTexts[1], .logits = true},
                                        {.slot = 1, .tokens = kTexts[2], .logits = true}};
        const auto results = libraryForward(config, Rotary::of(config), weights, pieces, cache);
        QVERIFY(results.logits.scalar_type() == torch::kFloat32);
        const auto expected = whole(network, {kTexts[1], kTexts[2]});
        const double scale = expected.logits.abs().max().item<double>();
        for (std::size_t i = 0; i < 2; ++i)
            QVERIFY(distance(rowOf(results.logits, i), rowOf(expected.logits, i)) < 0.05 * scale);
    }

    void fusedAttentionIsPlainAttention() {
        at::manual_seed(1);
        const auto queries = at::randn({3, 2, 10, 16});
        const auto keys = at::randn({3, 2, 14, 16});
        const auto values = at::randn({3, 2, 14, 16});
        const auto hidden = at::arange(14).view({1, 14}) > at::arange(10).view({10, 1}) + 2;
        const auto mask = at::zeros({3, 1, 10, 14}).masked_fill(hidden, -std::numeric_limits<double>::infinity());
        QVERIFY(at::allclose(attention(queries, keys, values, mask), plainAttention(queries, keys, values, mask), 1e-5,
                             1e-6));
    }

    void whatIsDrawnDependsOnSeedAndPromptAlone() {
        const auto network = randomNetwork(smallConfig());
        GenerationRequest request{.prompts = kTexts, .maximumNewTokens = 20, .temperature = 1.0, .seed = 5};
        const auto first = continuations(network, request);
        request.batch = 2;
        QCOMPARE(continuations(network, request), first);
        GenerationRequest third{
            .prompts = {kTexts[2]}, .maximumNewTokens = 20, .temperature = 1.0, .seed = 5, .streams = {2}};
        QCOMPARE(continuations(network, third).front(), first[2]);
        request.seed = 6;
        QVERIFY(continuations(network, request) != first);
        request.temperature = 1e-4;
        GenerationRequest greedy{.prompts = kTexts, .maximumNewTokens = 20};
        QCOMPARE(continuations(network, request), continuations(network, greedy));
    }

    void tokensAreDrawnAsOftenAsTheyAreLikely() {
        const auto network = randomNetwork(smallConfig());
        constexpr std::size_t kDraws = 4000;
        const auto results = whole(network, {kTexts[0]});
        const auto logits = rowOf(results.logits, 0);
        double sum = 0.0;
        for (const float logit : logits) sum += std::exp(static_cast<double>(logit) / 2.0);
        std::vector<double> counts(logits.size());
        GenerationRequest request{
            .prompts = std::vector<Tokens>(kDraws, kTexts[0]), .maximumNewTokens = 1, .temperature = 2.0, .batch = 500};
        for (const auto& one : continuations(network, request)) counts[static_cast<std::size_t>(one.front())] += 1.0;
        for (std::size_t token = 0; token < logits.size(); ++token) {
            const double expected = kDraws * std::exp(static_cast<double>(logits[token]) / 2.0) / sum;
            QVERIFY(std::abs(counts[token] - expected) < 5.0 * std::sqrt(expected) + 5.0);
        }
    }

    void aTextEndsWithItsStopToken() {
        const auto network = randomNetwork(smallConfig());
        GenerationRequest request{.prompts = kTexts, .maximumNewTokens = 12};
        const auto free = continuations(network, request);
        request.stopTokens = {free[1][4]};
        const auto stopped = generate(network, request);
        for (std::size_t i = 0; i < kTexts.size(); ++i) {
            const auto end = std::find(free[i].begin(), free[i].end(), free[1][4]);
            QCOMPARE(stopped[i].tokens, Tokens(free[i].begin(), end == free[i].end() ? end : end + 1));
            QCOMPARE(stopped[i].ending == Continuation::Ending::StopToken, end != free[i].end());
        }
    }

    void aRuleMayEndATextWhileOthersGoOn() {
        const auto network = randomNetwork(smallConfig());
        GenerationRequest request{.prompts = kTexts, .maximumNewTokens = 12};
        const auto free = continuations(network, request);
        request.stop = [](std::size_t prompt, std::span<const std::int32_t> tokens) {
            return tokens.size() == 3 * prompt + 1;
        };
        request.batch = 3;
        const auto stopped = generate(network, request);
        for (std::size_t i = 0; i < kTexts.size(); ++i) {
            QCOMPARE(stopped[i].tokens,
                     Tokens(free[i].begin(), free[i].begin() + static_cast<std::ptrdiff_t>(3 * i + 1)));
            QVERIFY(stopped[i].ending == Continuation::Ending::StopRule);
        }
    }

    void generationEndsAtTheContextAndWhenCancelled() {
        const auto network = randomNetwork(smallConfig({{"max_position_embeddings", 75}}));
        const auto ended = generate(network, {.prompts = {kTexts[1]}, .maximumNewTokens = 50});
        QCOMPARE(ended.front().tokens.size(), std::size_t{6});  // 70 + 6 tokens, of which the last is never fed
        QVERIFY(ended.front().ending == Continuation::Ending::Length);

        std::atomic<bool> cancelled = false;
        GenerationRequest request{.prompts = kTexts, .maximumNewTokens = 50};
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
        const std::vector<LikelihoodQuestion> questions{{.prompt = kTexts[1], .continuation = kTexts[0]}};
        QCOMPARE(messageOf([&] { generate(network, {.prompts = kTexts}); }),
                 std::string("Prompt 2 has 70 tokens, more than the model's context of 69."));
        QCOMPARE(messageOf([&] { generate(network, {.prompts = {{}}}); }), std::string("Prompt 1 is empty."));
        QCOMPARE(messageOf([&] { logLikelihoods(network, questions, 4); }),
                 std::string("Text 1 has 73 tokens, more than the model's context of 69."));
    }

    void likelihoodsAreThoseOfTheWholeText() {
        const auto network = randomNetwork(smallConfig());
        const Tokens one{5}, two{7, 9, 11};
        const std::vector<LikelihoodQuestion> questions{{kTexts[0], one}, {kTexts[0], two}, {kTexts[1], two},
                                                        {kTexts[3], one}, {kTexts[3], two}, {kTexts[2], {}}};
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

    void tensorsMayLieInAnyOrderAndFrozen() {
        const auto config = LlamaConfig::parse(smallConfig(), "config.json");
        auto expected = randomNetwork(smallConfig());
        const auto natural = Llama::layout(config);
        Layout turned;
        for (std::size_t i = natural.tensors.size(); i-- > 1;)
            turned.append(natural.tensors[i].name, natural.tensors[i].shape);
        turned.freeze(natural.tensors[0].name, natural.tensors[0].shape, DType::BF16, 0);
        turned.freeze("model.layers.0.self_attn.rotary_emb.inv_freq", {3}, DType::F32, 0);
        Llama network(config, turned, torch::kCPU);
        QCOMPARE(network.parameters().size(), turned.extent());
        const auto put = [&](const Layout::Tensor& tensor) {
            for (const auto& from : natural.tensors)
                if (from.name == tensor.name)
                    std::ranges::copy(expected.parameters().subspan(from.begin, from.count),
                                      network.parameters().begin() + static_cast<std::ptrdiff_t>(tensor.begin));
        };
        for (const auto& tensor : turned.tensors) put(tensor);
        for (const auto& frozen : turned.frozen) put(frozen.tensor);
        QCOMPARE(distance(rowOf(whole(network, kTexts).logits, 1), rowOf(whole(expected, kTexts).logits, 1)), 0.0);
    }

    void tensorsThatDontFitAreNamed() {
        const auto config = LlamaConfig::parse(smallConfig(), "config.json");
        const auto complaint = [&](const Layout& layout) {
            return messageOf([&] { Llama(config, layout, torch::kCPU); });
        };
        const auto natural = Llama::layout(config);
        auto layout = natural;
        layout.append("model.layers.0.self_attn.q_proj.bias", {24});
        QCOMPARE(complaint(layout), std::string("The layout: the tensor model.layers.0.self_attn.q_proj.bias is "
                                                "unknown to the network that config.json describes."));
        layout = natural;
        layout.tensors.pop_back();
        QCOMPARE(complaint(layout),
                 std::string("The layout: the tensor lm_head.weight is missing, which config.json asks for."));
        layout.append("lm_head.weight", {60, 24});
        QCOMPARE(
            complaint(layout),
            std::string(
                "The layout: the tensor lm_head.weight has the shape [60, 24], where config.json asks for [61, 24]."));
    }

    void oldAndNewSpellingsMeanTheSame() {
        for (const char* folder : {"llama_tied", "llama_sharded", "qwen2"})
            QVERIFY(LlamaConfig::parse(readJson(kGolden / folder / "config.json"), "new") ==
                    LlamaConfig::parse(readJson(kGolden / folder / "config.v4.json"), "old"));
    }

    void endTokensComeFromTheGenerationSettings() {
        QCOMPARE(LlamaConfig::read(kGolden / "qwen2").endTokens, Tokens{2});
        QCOMPARE(LlamaConfig::parse(smallConfig({{"eos_token_id", {3, 4}}}), "").endTokens, (Tokens{3, 4}));
        QVERIFY(LlamaConfig::parse(smallConfig(), "").endTokens.empty());
    }

    void whatIsNotSupportedIsRefusedByName_data() {
        QTest::addColumn<json>("changes");
        QTest::addColumn<QString>("complaint");
        QTest::newRow("family") << json{{"model_type", "gemma2"}} << "model_type is \"gemma2\", which is not supported";
        QTest::newRow("purpose") << json{{"architectures", {"LlamaForSequenceClassification"}}}
                                 << "architectures is [\"LlamaForSequenceClassification\"], which is not supported";
        QTest::newRow("activation") << json{{"hidden_act", "gelu"}} << "hidden_act is \"gelu\", which is not supported";
        QTest::newRow("rope") << json{{"rope_scaling", {{"rope_type", "longrope"}, {"factor", 2.0}}}}
                              << "rope_scaling.rope_type is \"longrope\", which is not supported";
        QTest::newRow("rope by layer type") << json{{"rope_parameters", {{"full_attention", {{"rope_theta", 1.0}}}}}}
                                            << "rope_parameters.full_attention";
        QTest::newRow("part of a head") << json{{"partial_rotary_factor", 0.5}}
                                        << "partial_rotary_factor is 0.5, which is not supported";
        QTest::newRow("quantised") << json{{"quantization_config", {{"bits", 4}}}}
                                   << "quantization_config asks for quantised weights";
        QTest::newRow("layer types") << json{{"layer_types", {"full_attention", "linear_attention", "full_attention"}}}
                                     << "layer_types has \"linear_attention\" for layer 1";
        QTest::newRow("missing") << json{{"hidden_size", nullptr}} << "hidden_size is missing";
        QTest::newRow("missing factor") << json{{"rope_scaling", {{"type", "linear"}}}}
                                        << "rope_scaling.factor is missing";
        QTest::newRow("missing head size") << json{{"model_type", "qwen3"}} << "head_dim is missing";
        QTest::newRow("no number") << json{{"vocab_size", "many"}}
                                   << "vocab_size is \"many\" where a whole number from 1 up is needed";
        QTest::newRow("zero") << json{{"num_hidden_layers", 0}} << "num_hidden_layers is 0 where";
        QTest::newRow("negative") << json{{"rms_norm_eps", -1.0}}
                                  << "rms_norm_eps is -1.0 where a positive number is needed";
        QTest::newRow("heads") << json{{"num_key_value_heads", 3}}
                               << "num_attention_heads (4) is no multiple of num_key_value_heads (3)";
        QTest::newRow("hidden") << json{{"hidden_size", 25}}
                                << "hidden_size (25) is no multiple of num_attention_heads (4)";
        QTest::newRow("odd head") << json{{"head_dim", 7}} << "head_dim (7) must be even";
        QTest::newRow("no flag") << json{{"tie_word_embeddings", 1}}
                                 << "tie_word_embeddings is 1 where true or false is needed";
    }

    void whatIsNotSupportedIsRefusedByName() {
        QFETCH(json, changes);
        QFETCH(QString, complaint);
        const auto message = messageOf([&] { LlamaConfig::parse(smallConfig(changes), "m/config.json"); });
        QVERIFY2(QString::fromStdString(message).startsWith("m/config.json: " + complaint), message.c_str());
    }

    void aFolderThatDoesntFitItsConfigurationIsRefusedBeforeMemoryIsTaken() {
        const QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString());
        std::filesystem::copy(kGolden / "llama_tied", path, std::filesystem::copy_options::recursive);
        auto config = readJson(path / "config.json");
        config["vocab_size"] = 2'000'000'000;
        std::ofstream(path / "config.json") << config;
        const auto message = messageOf([&] { openLlama(path, torch::kCPU); });
        QCOMPARE(message, path.string() +
                              ": the tensor model.embed_tokens.weight has the shape [512, 64], where config.json asks "
                              "for [2000000000, 64].");
    }
};

QTEST_GUILESS_MAIN(LlamaTest)
#include "llama_test.moc"
