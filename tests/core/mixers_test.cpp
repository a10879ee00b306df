#include "core/checkpoint/depth_order.h"
#include "core/families/families.h"
#include "core/networks/decoder/decoder_checkpoint.h"
#include "core/networks/likelihood.h"
#include "tests/support/json_file.h"
#include "tests/support/message_of.h"
#include "tests/support/random_decoder.h"
#include "tests/support/suite.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>

using namespace mergarium;
using namespace mergarium::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

json configOf(const std::string& family, const json& changes = json::object()) {
    auto config = readJson(kGoldenFamilies / family / "config.json");
    for (const auto& [key, value] : changes.items()) config[key] = value;
    return config;
}

DecoderConfig read(const json& config) { return decoderConfigOf(config, "m/config.json"); }

}  // namespace

// Latent attention and the gated delta rule, and what a cache remembers for them.
class MixersTest : public QObject {
    Q_OBJECT

    static void forFamilies() {
        QTest::addColumn<QString>("family");
        for (const auto& entry : fs::directory_iterator(kGoldenFamilies))
            QTest::newRow(entry.path().filename().c_str()) << QString(entry.path().filename().c_str());
    }

private Q_SLOTS:
    void aTextReadInPiecesCountsAsOneReadAtOnce_data() { forFamilies(); }

    // In rows that other texts have used, in another order, and with as many tokens at a time as it happens.
    void aTextReadInPiecesCountsAsOneReadAtOnce() {
        QFETCH(QString, family);
        const auto path = kGoldenFamilies / family.toStdString();
        const auto texts = readJson(path / "input_ids.json").get<std::vector<Tokens>>();
        const auto expected = Checkpoint::open(path / "expected.safetensors");
        for (const auto kernels : {Decoder::Kernels::Best, Decoder::Kernels::Library}) {
            const auto network = openDecoder(path, torch::kCPU, kernels);
            auto cache = network.cache(4, 48);
            const auto rubbish = randomText(48, 5, 384);
            for (const std::int64_t slot : {0, 1, 2, 3})
                network.forward(std::vector<Piece>{{.slot = slot, .tokens = rubbish}}, cache);

            std::vector<std::vector<float>> found(texts.size());
            std::vector<std::size_t> read(texts.size(), 0);
            std::mt19937 random(3);
            for (bool more = true; more;) {
                std::vector<Piece> pieces;
                std::vector<std::size_t> whose;
                for (std::size_t i = 0; i < texts.size(); ++i) {
                    if (read[i] == texts[i].size() || (more && random() % 4 == 0 && read[i] > 0)) continue;
                    const auto count = std::min<std::size_t>(1 + random() % 7, texts[i].size() - read[i]);
                    const auto left = std::span(texts[i]).subspan(read[i]);
                    pieces.push_back({.slot = static_cast<std::int64_t>(3 - i),
                                      .position = static_cast<std::int64_t>(read[i]),
                                      .tokens = left.first(count),
                                      .targets = left.subspan(1, std::min(count, left.size() - 1)),
                                      .expectedLength = static_cast<std::int64_t>(texts[i].size())});
                    whose.push_back(i);
                    read[i] += count;
                }
                if (pieces.empty()) continue;
                const auto results = network.forward(pieces, cache);
                for (std::size_t k = 0; k < whose.size(); ++k)
                    found[whose[k]].insert(found[whose[k]].end(), results.logProbabilities[k].begin(),
                                           results.logProbabilities[k].end());
                more = false;
                for (std::size_t i = 0; i < texts.size(); ++i) more = more || read[i] < texts[i].size();
            }
            for (std::size_t i = 0; i < texts.size(); ++i)
                QVERIFY(distance(found[i], storedFloats(*expected, "token_logprobs." + std::to_string(i))) <
                        errorBar(path));
        }
    }

    // Many tokens go through the gated delta rule together, or one at a time.
    void aLongTextCountsAsTokenByToken() {
        for (const char* family : {"deepseek_v2", "qwen3_5", "qwen3_next"}) {
            const auto path = kGoldenFamilies / family;
            const auto network = openDecoder(path, torch::kCPU);
            const std::vector<Tokens> texts{randomText(200, 1, 384), randomText(129, 2, 384)};
            const auto atOnce = whole(network, texts);
            for (std::size_t i = 0; i < texts.size(); ++i) {
                const auto text = std::span(texts[i]);
                auto cache = network.cache(1, static_cast<std::int64_t>(text.size()));
                std::vector<float> found;
                for (std::size_t at = 0; at + 1 < text.size(); ++at)
                    found.push_back(network
                                        .forward(std::vector<Piece>{{.position = static_cast<std::int64_t>(at),
                                                                     .tokens = text.subspan(at, 1),
                                                                     .targets = text.subspan(at + 1, 1)}},
                                                 cache)
                                        .logProbabilities[0][0]);
                QVERIFY(distance(found, atOnce.logProbabilities[i]) < errorBar(path));
            }
        }
    }

    void textsThatShareAPromptCountAsTheyDoAlone_data() { forFamilies(); }

    void textsThatShareAPromptCountAsTheyDoAlone() {
        QFETCH(QString, family);
        const auto path = kGoldenFamilies / family.toStdString();
        const auto network = openDecoder(path, torch::kCPU, Decoder::Kernels::Library);
        const auto prompt = randomText(21, 1, 384), one = randomText(1, 2, 384);
        std::vector<Tokens> continuations;
        for (std::uint64_t i = 0; i < 6; ++i) continuations.push_back(randomText(1 + i * 3, 10 + i, 384));
        std::vector<LikelihoodQuestion> questions;
        for (const auto& continuation : continuations) questions.push_back({prompt, continuation});
        for (const auto& continuation : continuations) questions.push_back({one, continuation});
        const auto found = logLikelihoods(network, questions, 5);
        for (std::size_t i = 0; i < questions.size(); ++i) {
            Tokens text(questions[i].prompt.begin(), questions[i].prompt.end());
            text.insert(text.end(), questions[i].continuation.begin(), questions[i].continuation.end());
            auto cache = network.cache(1, static_cast<std::int64_t>(text.size()));
            const auto all = network
                                 .forward(std::vector<Piece>{{.tokens = std::span(text).first(text.size() - 1),
                                                              .targets = std::span(text).subspan(1)}},
                                          cache)
                                 .logProbabilities[0];
            QVERIFY(distance(found[i], std::span(all).last(questions[i].continuation.size())) < errorBar(path));
        }
    }

    // Where queries are made of a small vector: of the state itself, tripled and thus, behind its norm, the state
    // again, which a norm gave the length that this norm gives.
    void queriesMadeOfASmallVectorAreNormalisedBetween() {
        const auto path = kGoldenFamilies / "deepseek_v2";
        auto plain = openDecoder(path, torch::kCPU);
        Decoder latent(read(configOf("deepseek_v2", {{"q_lora_rank", 32}})),
                       Decoder::layout(read(configOf("deepseek_v2", {{"q_lora_rank", 32}}))), torch::kCPU);
        const auto tensorOf = [](Decoder& network, const std::string& name) {
            const auto& all = network.parameterLayout().tensors;
            const auto found = std::ranges::find(all, name, &Layout::Tensor::name);
            return found == all.end() ? std::span<float>() : network.parameters().subspan(found->begin, found->count);
        };
        for (const auto& tensor : plain.parameterLayout().tensors)
            if (tensor.name.ends_with("input_layernorm.weight")) std::ranges::fill(tensorOf(plain, tensor.name), 1.0F);
        for (const auto& tensor : latent.parameterLayout().tensors) {
            const auto to = tensorOf(latent, tensor.name);
            if (tensor.name.ends_with("q_a_proj.weight")) {
                for (std::size_t i = 0; i < 32; ++i) to[i * 33] = 3.0F;
            } else if (tensor.name.ends_with("q_a_layernorm.weight")) {
                std::ranges::fill(to, 0.5F);
            } else if (tensor.name.ends_with("q_b_proj.weight")) {
                auto name = tensor.name;
                name.replace(name.find("q_b_proj"), 8, "q_proj");
                std::ranges::transform(tensorOf(plain, name), to.begin(), [](float value) { return 2.0F * value; });
            } else {
                std::ranges::copy(tensorOf(plain, tensor.name), to.begin());
            }
        }
        const std::vector<Tokens> texts{randomText(30, 1, 512), randomText(7, 2, 512)};
        const auto expected = whole(plain, texts), found = whole(latent, texts);
        for (std::size_t i = 0; i < texts.size(); ++i)
            QVERIFY(distance(rowOf(found.logits, i), rowOf(expected.logits, i)) < 1e-3);
    }

    void depthOrderIsTheOrderOfQueriesInTwoSteps() {
        std::vector<std::string> natural;
        for (const auto& tensor : Decoder::layout(read(configOf("deepseek_v2", {{"q_lora_rank", 8}}))).tensors)
            natural.push_back(tensor.name);
        QVERIFY(std::ranges::find(natural, "model.layers.2.self_attn.q_b_proj.weight") != natural.end());
        auto sorted = natural;
        std::ranges::sort(sorted);
        sortInDepthOrder(sorted);
        QVERIFY(sorted == natural);
    }

    void everySettingMakesAnotherNetwork() {
        const std::map<std::string, json> changes{
            {"deepseek_v2",
             {{"q_lora_rank", 8},
              {"kv_lora_rank", 8},
              {"qk_nope_head_dim", 10},
              {"qk_rope_head_dim", 6},
              {"v_head_dim", 10},
              {"first_k_dense_replace", 2},
              {"routed_scaling_factor", 1.25},
              {"n_routed_experts", 7},
              {"n_shared_experts", 1},
              {"moe_intermediate_size", 8},
              {"num_experts_per_tok", 3},
              {"rms_norm_eps", 1e-5}}},
            {"qwen3_next",
             {{"linear_num_key_heads", 4},
              {"linear_num_value_heads", 6},
              {"linear_key_head_dim", 10},
              {"linear_value_head_dim", 10},
              {"linear_conv_kernel_dim", 3},
              {"layer_types", {"linear_attention", "linear_attention", "linear_attention", "full_attention"}},
              {"norm_topk_prob", false},
              {"shared_expert_intermediate_size", 8},
              {"attention_bias", true},
              {"rope_parameters", {{"partial_rotary_factor", 1.0}, {"rope_theta", 1e6}}}}}};
        for (const auto& [family, settings] : changes)
            for (const auto& [key, value] : settings.items()) {
                const auto other = configOf(family, {{key, value}});
                QVERIFY2(!computeTheSame(read(configOf(family)), read(other)), key.c_str());
            }
    }

    void withoutLayerTypesEveryFourthLayerAttendsToAll() {
        auto config = configOf("qwen3_5");
        config.erase("layer_types");
        QVERIFY(read(config) == read(configOf("qwen3_5")));
        config["full_attention_interval"] = 2;
        QVERIFY(std::holds_alternative<DeltaRule>(read(config).layers[0].mixer));
        QVERIFY(std::holds_alternative<Attention>(read(config).layers[1].mixer));
    }

    void tensorsThatPredictFurtherTokensAreLeftAlone() {
        const auto config = read(configOf("qwen3_next"));
        auto layout = Decoder::layout(config);
        layout.append("mtp.layers.0.self_attn.q_proj.weight", {4, 4});
        checkTensors(config, layout, "m");
        layout.append("model.mtp.weight", {4});
        QVERIFY_EXCEPTION_THROWN(checkTensors(config, layout, "m"), std::runtime_error);
    }

    void whatIsNotSupportedIsRefusedByName_data() {
        QTest::addColumn<QString>("family");
        QTest::addColumn<json>("changes");
        QTest::addColumn<QString>("complaint");
        const auto row = [](const char* family, const json& changes, const char* complaint) {
            QTest::newRow(complaint) << QString(family) << changes << QString(complaint);
        };
        const char* const deepseek = "deepseek_v2";
        row(deepseek, {{"topk_method", "group_limited_greedy"}},
            "topk_method is \"group_limited_greedy\", which is not supported; greedy is");
        row(deepseek, {{"rope_scaling", {{"type", "yarn"}, {"factor", 40.0}, {"mscale", 0.707}}}},
            "rope_scaling.mscale is 0.707, which is not supported");
        row(deepseek, {{"rope_parameters", {{"rope_type", "yarn"}, {"factor", 40.0}, {"mscale_all_dim", 1.0}}}},
            "rope_parameters.mscale_all_dim is 1.0, which is not supported");
        row(deepseek, {{"norm_topk_prob", true}}, "norm_topk_prob is true, which is not supported");
        row(deepseek, {{"attention_bias", true}}, "attention_bias is true, which is not supported");
        row(deepseek, {{"scoring_func", "sigmoid"}}, "scoring_func is \"sigmoid\", which is not supported");
        row(deepseek, {{"num_key_value_heads", 2}}, "num_key_value_heads is 2, which is not supported");
        row(deepseek, {{"qk_rope_head_dim", 7}}, "qk_rope_head_dim (7) must be even");
        row(deepseek, {{"kv_lora_rank", nullptr}}, "kv_lora_rank is missing");
        row(deepseek, {{"num_experts_per_tok", 7}},
            "num_experts_per_tok (7) is more than the 6 experts that there are");
        row(deepseek, {{"n_routed_experts", 65'537}}, "n_routed_experts (65537) is more than 65536");
        const char* const qwen = "qwen3_next";
        row(qwen, {{"layer_types", {"linear_attention"}}}, "layer_types needs one entry per layer");
        row(qwen, {{"layer_types", {"linear_attention", "full_attention", "sliding_attention", "full_attention"}}},
            "layer_types has \"sliding_attention\" for layer 2, which is not supported here");
        row(qwen, {{"linear_num_value_heads", 3}},
            "linear_num_value_heads (3) is no multiple of linear_num_key_heads (2)");
        row(qwen, {{"linear_key_head_dim", 70'000}}, "linear_key_head_dim (70000) is more than 65536");
        row(qwen, {{"linear_key_head_dim", 8192}, {"linear_value_head_dim", 8192}},
            "linear_num_value_heads (4) matrices of linear_key_head_dim (8192) by linear_value_head_dim (8192) are "
            "more "
            "than 67108864 numbers");
        row(qwen, {{"linear_conv_kernel_dim", 0}}, "linear_conv_kernel_dim is 0 where");
    }

    void whatIsNotSupportedIsRefusedByName() {
        QFETCH(QString, family);
        QFETCH(json, changes);
        QFETCH(QString, complaint);
        const auto message = messageOf([&] { read(configOf(family.toStdString(), changes)); });
        QVERIFY2(QString::fromStdString(message).startsWith("m/config.json: " + complaint), message.c_str());
    }
};

MERGARIUM_SUITE(MixersTest)
#include "mixers_test.moc"
