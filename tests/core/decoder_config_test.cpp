#include "core/families/families.h"
#include "core/networks/decoder/decoder_checkpoint.h"
#include "tests/support/json_file.h"
#include "tests/support/random_decoder.h"
#include "tests/support/suite.h"
#include "tests/support/tensor_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>

using namespace mergarium;
using namespace mergarium::test;
using nlohmann::json;

namespace {}  // namespace

class DecoderConfigTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tensorsThatDontFitAreNamed() {
        const auto config = decoderConfigOf(smallConfig(), "config.json");
        const auto complaint = [&](const Layout& layout) {
            return messageOf([&] { Decoder(config, layout, torch::kCPU); });
        };
        const auto natural = Decoder::layout(config);
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
            QVERIFY(decoderConfigOf(readJson(kGoldenModels / folder / "config.json"), "new") ==
                    decoderConfigOf(readJson(kGoldenModels / folder / "config.v4.json"), "old"));
    }

    // As transformers has it: what isn't said is 4096 tokens, and null is said.
    void aWindowThatIsNotThereIsNotOneThatIsNull_data() {
        QTest::addColumn<json>("changes");
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("last");
        const json mistral{{"model_type", "mistral"}};
        const json qwen{{"model_type", "qwen2"}, {"use_sliding_window", true}, {"max_window_layers", 1}};
        const json experts{{"model_type", "qwen3_moe"}, {"head_dim", 6},
                           {"num_experts", 4},          {"moe_intermediate_size", 8},
                           {"num_experts_per_tok", 2},  {"use_sliding_window", true},
                           {"max_window_layers", 1}};
        const auto with = [](json all, const json& window) {
            all["sliding_window"] = window;
            return all;
        };
        QTest::newRow("mistral") << mistral << 4096 << 4096;
        QTest::newRow("mistral, null") << with(mistral, nullptr) << 0 << 0;
        QTest::newRow("mistral, said") << with(mistral, 7) << 7 << 7;
        QTest::newRow("qwen2") << qwen << 0 << 4096;
        QTest::newRow("qwen2, null") << with(qwen, nullptr) << 0 << 0;
        QTest::newRow("qwen2, said") << with(qwen, 7) << 0 << 7;
        QTest::newRow("qwen3_moe, in all layers") << with(experts, 7) << 7 << 7;
    }

    void aWindowThatIsNotThereIsNotOneThatIsNull() {
        QFETCH(json, changes);
        QFETCH(int, first);
        QFETCH(int, last);
        auto document = smallConfig();
        document.erase("sliding_window");
        document.erase("architectures");
        document.update(changes);
        const auto check = [&](const DecoderConfig& config) {
            QCOMPARE(config.layers.front().window, first);
            QCOMPARE(config.layers.back().window, last);
        };
        check(decoderConfigOf(document, ""));
        check(decoderConfigOf({{"model_type", "sees_pictures"}, {"text_config", document}}, ""));
    }

    void aTiedHeadHasItsBias() {
        json document =
            smallConfig({{"model_type", "phi"}, {"partial_rotary_factor", 1.0}, {"tie_word_embeddings", true}});
        const auto own = randomNetwork(document), library = randomNetwork(document, Decoder::Kernels::Library);
        QCOMPARE(own.parameterLayout().tensors.back().name, std::string("lm_head.bias"));
        QVERIFY(distance(rowOf(whole(own, texts()).logits, 0), rowOf(whole(library, texts()).logits, 0)) < 1e-3);
    }

    void endTokensComeFromTheGenerationSettings() {
        QCOMPARE(decoderConfigIn(kGoldenModels / "qwen2").endTokens, Tokens{2});
        QCOMPARE(decoderConfigOf(smallConfig({{"eos_token_id", {3, 4}}}), "").endTokens, (Tokens{3, 4}));
        QVERIFY(decoderConfigOf(smallConfig(), "").endTokens.empty());
    }

    void whatIsNotSupportedIsRefusedByName_data() {
        QTest::addColumn<json>("changes");
        QTest::addColumn<QString>("complaint");
        QTest::newRow("family") << json{{"model_type", "mamba2"}}
                                << "model_type is \"mamba2\", which is not supported; supported are llama, ";
        QTest::newRow("purpose")
            << json{{"architectures", {"LlamaForTokenClassification"}}}
            << "architectures is [\"LlamaForTokenClassification\"], which is not supported; for model_type \"llama\" "
               "it is [\"LlamaForCausalLM\"] or [\"LlamaForSequenceClassification\"]";
        QTest::newRow("activation") << json{{"hidden_act", "mish"}}
                                    << "hidden_act is \"mish\", which is not supported; supported are silu, ";
        QTest::newRow("rope") << json{{"rope_scaling", {{"rope_type", "ntk"}, {"factor", 2.0}}}}
                              << "rope_scaling.rope_type is \"ntk\", which is not supported";
        QTest::newRow("factors of frequencies")
            << json{{"rope_scaling", {{"type", "longrope"}, {"short_factor", {1.0}}, {"long_factor", {1.0}}}}}
            << "rope_scaling.short_factor has 1 factors, where 3 frequencies are";
        QTest::newRow("part of a head's numbers")
            << json{{"model_type", "phi3"}, {"partial_rotary_factor", 0.5}}
            << "partial_rotary_factor (0.5) takes 3 of a head's 6 numbers, where an even number is needed";
        QTest::newRow("rope by layer type") << json{{"rope_parameters", {{"full_attention", {{"rope_theta", 1.0}}}}}}
                                            << "rope_parameters.full_attention";
        QTest::newRow("part of a head") << json{{"partial_rotary_factor", 0.5}}
                                        << "partial_rotary_factor is 0.5, which is not supported";
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
        const json gemma{{"model_type", "gemma3_text"}, {"rms_norm_eps", 1e-6}};
        auto oddGemma = gemma;
        oddGemma["head_dim"] = 7;
        QTest::newRow("odd head of Gemma's") << oddGemma << "head_dim (7) must be even";
        QTest::newRow("endless context") << json{{"rope_scaling", {{"rope_type", "yarn"}, {"factor", 1e300}}}}
                                         << "rope_scaling makes the context ";
        QTest::newRow("experts") << json{{"model_type", "mixtral"}, {"num_local_experts", 70'000}}
                                 << "num_local_experts (70000) is more than 65536";
        QTest::newRow("heads without a tensor") << json{{"model_type", "qwen3_5_text"}, {"head_dim", 1 << 30}}
                                                << "head_dim (1073741824) is more than 65536";
        QTest::newRow("no flag") << json{{"tie_word_embeddings", 1}}
                                 << "tie_word_embeddings is 1 where true or false is needed";
    }

    void whatIsNotSupportedIsRefusedByName() {
        QFETCH(json, changes);
        QFETCH(QString, complaint);
        const auto message = messageOf([&] { decoderConfigOf(smallConfig(changes), "m/config.json"); });
        QVERIFY2(QString::fromStdString(message).startsWith("m/config.json: " + complaint), message.c_str());
    }

    void aFolderThatDoesntFitItsConfigurationIsRefusedBeforeMemoryIsTaken() {
        const QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString());
        std::filesystem::copy(kGoldenModels / "llama_tied", path, std::filesystem::copy_options::recursive);
        auto config = readJson(path / "config.json");
        config["vocab_size"] = 2'000'000'000;
        std::ofstream(path / "config.json") << config;
        const auto message = messageOf([&] { openDecoder(path, torch::kCPU); });
        QCOMPARE(message, path.string() +
                              ": the tensor model.embed_tokens.weight has the shape [512, 64], where config.json asks "
                              "for [2000000000, 64].");
    }
};

MERGARIUM_SUITE(DecoderConfigTest)
#include "decoder_config_test.moc"
