#include "core/families/families.h"
#include "core/networks/attention.h"
#include "core/networks/decoder/decoder_checkpoint.h"
#include "core/networks/decoder/library_decoder.h"
#include "core/networks/generation.h"
#include "tests/support/json_file.h"
#include "tests/support/random_decoder.h"
#include "tests/support/slow_llama.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTest>

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

namespace {

using Kernels = Decoder::Kernels;

constexpr double kTolerance = 1e-4;

}  // namespace

class DecoderTest : public QObject {
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
        const auto path = kGoldenModels / folder.toStdString();
        const auto network = openDecoder(path, torch::kCPU, own ? Kernels::Best : Kernels::Library);
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
        const auto results = whole(network, texts());
        const auto byLibrary = whole(library, texts());
        for (std::size_t i = 0; i < texts().size(); ++i) {
            const auto slow = slowLogits(document, tensor, texts()[i]);
            const std::vector<float> last(slow.back().begin(), slow.back().end());
            std::vector<float> logProbabilities;
            for (std::size_t t = 0; t + 1 < texts()[i].size(); ++t) {
                double sum = 0.0;
                for (const double logit : slow[t]) sum += std::exp(logit);
                logProbabilities.push_back(
                    static_cast<float>(slow[t][static_cast<std::size_t>(texts()[i][t + 1])] - std::log(sum)));
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
        const auto expected = whole(network, {texts()[1], texts()[2]});
        auto cache = network.cache(4, 70);
        PieceResults results;
        std::size_t fed = 0;
        for (const std::size_t count : {1U, 20U, 40U, 9U}) {
            std::vector<Piece> pieces{{.slot = 3,
                                       .position = static_cast<std::int64_t>(fed),
                                       .tokens = std::span(texts()[1]).subspan(fed, count),
                                       .logits = true}};
            if (count == 9) pieces.push_back({.slot = 1, .tokens = texts()[2], .logits = true});
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
        const auto config = decoderConfigOf(document, "config.json");
        const auto network = randomNetwork(document);
        const auto flat = network.flat().to(torch::kBFloat16);
        const auto weights = DecoderWeights::in(flat, config, network.parameterLayout());
        auto cache = libraryCache(config, flat.options(), 2, 80);
        const std::vector<Piece> pieces{{.slot = 0, .tokens = texts()[1], .logits = true},
                                        {.slot = 1, .tokens = texts()[2], .logits = true}};
        const auto results = libraryForward(config, Rotary::allOf(config), weights, pieces, cache);
        QVERIFY(results.logits.scalar_type() == torch::kFloat32);
        const auto expected = whole(network, {texts()[1], texts()[2]});
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
        QVERIFY(at::allclose(attention(queries, keys, values, mask, {.scale = 0.3}),
                             plainAttention(queries, keys, values, mask, {.scale = 0.3}), 1e-5, 1e-6));
    }

    void namesMayHaveMoreBeforeThem_data() {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("beforeHead");
        QTest::newRow("all of them") << "language_model."
                                     << "language_model.";
        QTest::newRow("but for the head") << "bert."
                                          << "";
    }
    void namesMayHaveMoreBeforeThem() {
        QFETCH(QString, before);
        QFETCH(QString, beforeHead);
        const auto config = decoderConfigOf(smallConfig(), "config.json");
        auto expected = randomNetwork(smallConfig());
        Layout renamed;
        for (const auto& tensor : Decoder::layout(config).tensors)
            renamed.append((tensor.name.starts_with("lm_head") ? beforeHead : before).toStdString() + tensor.name,
                           tensor.shape);
        Decoder network(config, renamed, torch::kCPU);
        std::ranges::copy(expected.parameters(), network.parameters().begin());
        QCOMPARE(distance(rowOf(whole(network, texts()).logits, 1), rowOf(whole(expected, texts()).logits, 1)), 0.0);
    }

    void tensorsMayLieInAnyOrderAndFrozen() {
        const auto config = decoderConfigOf(smallConfig(), "config.json");
        auto expected = randomNetwork(smallConfig());
        const auto natural = Decoder::layout(config);
        Layout turned;
        for (std::size_t i = natural.tensors.size(); i-- > 1;)
            turned.append(natural.tensors[i].name, natural.tensors[i].shape);
        turned.freeze(natural.tensors[0].name, natural.tensors[0].shape, DType::BF16, 0);
        turned.freeze("model.layers.0.self_attn.rotary_emb.inv_freq", {3}, DType::F32, 0);
        Decoder network(config, turned, torch::kCPU);
        QCOMPARE(network.parameters().size(), turned.extent());
        const auto put = [&](const Layout::Tensor& tensor) {
            for (const auto& from : natural.tensors)
                if (from.name == tensor.name)
                    std::ranges::copy(expected.parameters().subspan(from.begin, from.count),
                                      network.parameters().begin() + static_cast<std::ptrdiff_t>(tensor.begin));
        };
        for (const auto& tensor : turned.tensors) put(tensor);
        for (const auto& frozen : turned.frozen) put(frozen.tensor);
        QCOMPARE(distance(rowOf(whole(network, texts()).logits, 1), rowOf(whole(expected, texts()).logits, 1)), 0.0);
    }
};

MERGARIUM_SUITE(DecoderTest)
#include "decoder_test.moc"
