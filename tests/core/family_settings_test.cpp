#include "core/families/families.h"
#include "core/networks/decoder/decoder_weights.h"
#include "tests/support/json_file.h"
#include "tests/support/random_decoder.h"
#include "tests/support/suite.h"

#include <QTest>

#include <nlohmann/json.hpp>

using namespace mergarium;
using namespace mergarium::test;
using nlohmann::json;

namespace {

/// Of random networks, whose logits go to the tens.
constexpr double kBetweenKernels = 1e-3;

}  // namespace

// Settings that no published output is at hand for: our kernels and libtorch's operators, written apart from each
// other, agree on them.
class FamilySettingsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void settingsWithoutPublishedOutputsAreComputedAlikeByBothKernels_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QByteArray>("changes");
        QTest::addColumn<bool>("sameTensors");
        const auto row = [](const char* folder, const json& changes, bool sameTensors) {
            QTest::addRow("%s %s", folder, changes.dump().c_str())
                << QString(folder) << QByteArray::fromStdString(changes.dump()) << sameTensors;
        };
        row("phi", {{"qk_layernorm", true}}, false);
        row("stablelm", {{"qk_layernorm", true}}, false);
        row("stablelm", {{"use_parallel_residual", true}}, false);
        row("stablelm", {{"use_qkv_bias", true}}, false);
        row("cohere", {{"use_qk_norm", true}}, false);
        row("cohere", {{"attention_bias", true}}, false);
        row("falcon", {{"new_decoder_architecture", true}, {"num_kv_heads", 2}}, false);
        row("falcon", {{"new_decoder_architecture", true}, {"num_kv_heads", 2}, {"num_ln_in_parallel_attn", 1}}, false);
        row("falcon", {{"multi_query", false}}, false);
        row("falcon", {{"parallel_attn", false}}, false);
        row("falcon", {{"bias", true}}, false);
        row("gpt_neox", {{"use_parallel_residual", false}}, true);
        row("gpt_neox", {{"attention_bias", false}}, false);
        row("gpt2", {{"scale_attn_by_inverse_layer_idx", true}}, true);
        row("gpt2", {{"scale_attn_weights", false}}, true);
        row("gpt2", {{"activation_function", "relu"}}, true);
        row("gpt2", {{"n_inner", 56}}, false);
        row("starcoder2", {{"use_bias", false}}, false);
        row("starcoder2", {{"sliding_window", nullptr}}, true);
        row("olmoe", {{"clip_qkv", 0.5}}, true);
        row("olmoe", {{"norm_topk_prob", true}}, true);
        row("olmo2", {{"attention_bias", true}}, false);
        row("granite", {{"attention_bias", true}, {"mlp_bias", true}}, false);
        row("qwen2_moe", {{"mlp_only_layers", {1}}}, false);
        row("qwen2_moe", {{"decoder_sparse_step", 2}}, false);
        row("qwen2_moe", {{"qkv_bias", false}}, false);
        row("qwen2_moe",
            {{"use_sliding_window", true}, {"sliding_window", 4}, {"max_window_layers", 1}, {"layer_types", nullptr}},
            true);
        row("qwen3_moe", {{"norm_topk_prob", false}}, true);
        row("mixtral", {{"sliding_window", 5}}, true);
        row("mixtral", {{"head_dim", 12}}, false);
        row("smollm3", {{"use_sliding_window", true}, {"sliding_window", 5}, {"layer_types", nullptr}}, true);
        row("glm4", {{"attention_bias", false}}, false);
        row("glm4", {{"rope_parameters", {{"partial_rotary_factor", 1.0}}}}, true);
        row("gemma2", {{"attn_logit_softcapping", nullptr}, {"final_logit_softcapping", nullptr}}, true);
        row("gemma2", {{"tie_word_embeddings", false}}, false);
        row("gemma3", {{"attn_logit_softcapping", 3.0}}, true);
        row("gemma3", {{"rope_parameters", {{"full_attention", {{"rope_type", "linear"}, {"factor", 4.0}}}}}}, true);
        row("gemma3", {{"model_type", "gemma"}, {"architectures", {"GemmaForCausalLM"}}, {"rope_parameters", nullptr}},
            false);
        row("phi3", {{"sliding_window", 6}}, true);
        row("phi3", {{"rope_parameters", {{"rope_type", "default"}, {"partial_rotary_factor", 0.6}}}}, true);
    }

    void settingsWithoutPublishedOutputsAreComputedAlikeByBothKernels() {
        QFETCH(QString, folder);
        QFETCH(QByteArray, changes);
        QFETCH(bool, sameTensors);
        const auto base = readJson(kGoldenFamilies / folder.toStdString() / "config.json");
        auto changed = base;
        changed.merge_patch(json::parse(changes.toStdString()));
        const std::vector<Tokens> texts{randomText(40, 1, 448), randomText(9, 2, 448)};
        const auto own = whole(randomNetwork(changed), texts);
        const auto library = whole(randomNetwork(changed, Decoder::Kernels::Library), texts);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            QVERIFY(distance(rowOf(own.logits, i), rowOf(library.logits, i)) < kBetweenKernels);
            QVERIFY(distance(own.logProbabilities[i], library.logProbabilities[i]) < kBetweenKernels);
        }
        QCOMPARE(decoderLayout(decoderConfigOf(changed, "")).tensors.size() ==
                         decoderLayout(decoderConfigOf(base, "")).tensors.size() &&
                     decoderLayout(decoderConfigOf(changed, "")).extent() ==
                         decoderLayout(decoderConfigOf(base, "")).extent(),
                 sameTensors);
        // What changes no tensor changes the results.
        if (sameTensors)
            QVERIFY(distance(rowOf(own.logits, 0), rowOf(whole(randomNetwork(base), texts).logits, 0)) > 1e-3);
    }
};

MERGARIUM_SUITE(FamilySettingsTest)
#include "family_settings_test.moc"
