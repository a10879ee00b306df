#include "core/checkpoint/depth_order.h"
#include "tests/support/suite.h"

#include <QTest>

#include <algorithm>
#include <random>

using namespace mergarium;

class DepthOrderTest : public QObject {
    Q_OBJECT

    /// Whatever order they come in.
    static void standsAsGiven(const std::vector<std::string>& names) {
        std::mt19937 random(3);
        for (int round = 0; round < 20; ++round) {
            auto shuffled = names;
            std::shuffle(shuffled.begin(), shuffled.end(), random);
            sortInDepthOrder(shuffled);
            for (std::size_t i = 0; i < names.size(); ++i)
                QCOMPARE(QString::fromStdString(shuffled[i]), QString::fromStdString(names[i]));
        }
    }

private Q_SLOTS:
    void llama() {
        std::vector<std::string> names{"model.embed_tokens.weight"};
        for (const int layer : {0, 1, 2, 9, 10, 11, 100})
            for (const char* part :
                 {"input_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
                  "post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"})
                names.push_back("model.layers." + std::to_string(layer) + "." + part + ".weight");
        names.insert(names.end(), {"model.norm.weight", "lm_head.weight"});
        standsAsGiven(names);
    }

    void qwenWithBiasesAndNormsOfHeads() {
        standsAsGiven({"model.embed_tokens.weight", "model.layers.3.input_layernorm.weight",
                       "model.layers.3.self_attn.q_proj.weight", "model.layers.3.self_attn.q_proj.bias",
                       "model.layers.3.self_attn.q_norm.weight", "model.layers.3.self_attn.k_proj.weight",
                       "model.layers.3.self_attn.k_proj.bias", "model.layers.3.self_attn.k_norm.weight",
                       "model.layers.3.self_attn.v_proj.weight", "model.layers.3.self_attn.v_proj.bias",
                       "model.layers.3.self_attn.o_proj.weight", "model.layers.3.post_attention_layernorm.weight",
                       "model.layers.3.mlp.gate_proj.weight", "model.norm.weight"});
    }

    void mixtralsExpertsFollowTheirRouter() {
        standsAsGiven({"model.layers.0.self_attn.o_proj.weight", "model.layers.0.post_attention_layernorm.weight",
                       "model.layers.0.block_sparse_moe.gate.weight",
                       "model.layers.0.block_sparse_moe.experts.2.w1.weight",
                       "model.layers.0.block_sparse_moe.experts.2.w3.weight",
                       "model.layers.0.block_sparse_moe.experts.2.w2.weight",
                       "model.layers.0.block_sparse_moe.experts.10.w1.weight"});
    }

    void gpt2() {
        for (const std::string prefix : {"", "transformer."}) {
            std::vector<std::string> names{prefix + "wte.weight", prefix + "wpe.weight"};
            for (const int layer : {0, 2, 11})
                for (const char* part : {"ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj"})
                    for (const char* leaf : {".weight", ".bias"})
                        names.push_back(prefix + "h." + std::to_string(layer) + "." + part + leaf);
            names.insert(names.end(), {prefix + "ln_f.weight", prefix + "ln_f.bias"});
            standsAsGiven(names);
        }
    }

    void bert() {
        standsAsGiven(
            {"bert.embeddings.word_embeddings.weight", "bert.embeddings.position_embeddings.weight",
             "bert.embeddings.token_type_embeddings.weight", "bert.embeddings.LayerNorm.weight",
             "bert.encoder.layer.2.attention.self.query.weight", "bert.encoder.layer.2.attention.self.key.weight",
             "bert.encoder.layer.2.attention.self.value.weight", "bert.encoder.layer.2.attention.output.dense.weight",
             "bert.encoder.layer.2.attention.output.LayerNorm.weight", "bert.encoder.layer.2.intermediate.dense.weight",
             "bert.encoder.layer.2.output.dense.weight", "bert.encoder.layer.10.attention.self.query.weight",
             "bert.pooler.dense.weight", "cls.predictions.bias"});
    }

    void aDiffusionUnetGoesDownAndUp() {
        standsAsGiven({"conv_in.weight",
                       "time_embedding.linear_1.weight",
                       "down_blocks.0.resnets.0.norm1.weight",
                       "down_blocks.0.resnets.0.conv1.weight",
                       "down_blocks.0.resnets.0.norm2.weight",
                       "down_blocks.0.resnets.0.conv2.weight",
                       "down_blocks.0.attentions.1.norm.weight",
                       "down_blocks.0.attentions.1.proj_in.weight",
                       "down_blocks.0.attentions.1.transformer_blocks.0.norm1.weight",
                       "down_blocks.0.attentions.1.transformer_blocks.0.attn1.to_q.weight",
                       "down_blocks.0.attentions.1.transformer_blocks.0.attn1.to_out.0.weight",
                       "down_blocks.0.attentions.1.transformer_blocks.0.norm2.weight",
                       "down_blocks.0.attentions.1.transformer_blocks.0.attn2.to_k.weight",
                       "down_blocks.0.attentions.1.transformer_blocks.0.ff.net.2.weight",
                       "down_blocks.0.attentions.1.proj_out.weight",
                       "down_blocks.0.downsamplers.0.conv.weight",
                       "down_blocks.1.resnets.0.conv1.weight",
                       "mid_block.resnets.0.conv1.weight",
                       "up_blocks.0.resnets.0.conv1.weight",
                       "conv_norm_out.weight",
                       "conv_out.weight"});
    }

    void aWholeDiffusionCheckpointKeepsItsPartsTogether() {
        standsAsGiven({"cond_stage_model.transformer.text_model.encoder.layers.0.self_attn.q_proj.weight",
                       "model.diffusion_model.time_embed.0.weight", "model.diffusion_model.input_blocks.0.0.weight",
                       "model.diffusion_model.input_blocks.2.0.in_layers.0.weight",
                       "model.diffusion_model.input_blocks.10.0.in_layers.0.weight",
                       "model.diffusion_model.middle_block.0.in_layers.0.weight",
                       "model.diffusion_model.output_blocks.0.0.in_layers.0.weight",
                       "model.diffusion_model.out.0.weight", "first_stage_model.encoder.conv_in.weight",
                       "first_stage_model.decoder.conv_in.weight"});
    }

    void wordsNobodyKnowsStandNaturally() {
        standsAsGiven({"0.weight", "0.bias", "2.weight", "10.weight"});
        standsAsGiven({"block2.x", "block10.x", "foo.a1b2", "foo.a01b10", "foo.a1b10", "zed"});
    }
};

MERGARIUM_SUITE(DepthOrderTest)
#include "depth_order_test.moc"
