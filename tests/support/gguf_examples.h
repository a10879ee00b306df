#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace mergarium::test {

/// A model of a family: where it lies, what its config.json has changed, and what llama.cpp's names are in its files.
struct GgufExample {
    const char* folder;
    const char* architecture;
    std::map<std::string, std::string> names = {};
    nlohmann::json changes = nlohmann::json::object();
    /// Rows of queries and keys turn from halves to neighbours.
    bool turned = false;
    bool transposed = false;
    /// Norms' weights are stored less one.
    bool lessOne = false;
    /// Queries, keys and values stand head by head.
    bool byHead = false;
    std::string layers = "model.layers.";
};

inline const std::map<std::string, std::string> kUsualNames{
    {"token_embd", "model.embed_tokens"},
    {"output_norm", "model.norm"},
    {"output", "lm_head"},
    {"attn_norm", "input_layernorm"},
    {"ffn_norm", "post_attention_layernorm"},
    {"attn_q", "self_attn.q_proj"},
    {"attn_k", "self_attn.k_proj"},
    {"attn_v", "self_attn.v_proj"},
    {"attn_output", "self_attn.o_proj"},
    {"attn_q_norm", "self_attn.q_norm"},
    {"attn_k_norm", "self_attn.k_norm"},
    {"ffn_gate", "mlp.gate_proj"},
    {"ffn_up", "mlp.up_proj"},
    {"ffn_down", "mlp.down_proj"},
    {"ffn_gate_inp", "mlp.gate"},
    {"ffn_gate_exps", "mlp.experts.{}.gate_proj"},
    {"ffn_up_exps", "mlp.experts.{}.up_proj"},
    {"ffn_down_exps", "mlp.experts.{}.down_proj"},
    {"ffn_gate_shexp", "mlp.shared_expert.gate_proj"},
    {"ffn_up_shexp", "mlp.shared_expert.up_proj"},
    {"ffn_down_shexp", "mlp.shared_expert.down_proj"},
    {"ffn_gate_inp_shexp", "mlp.shared_expert_gate"},
};

inline const std::vector<GgufExample>& ggufExamples() {
    const std::map<std::string, std::string> gemma{{"post_attention_norm", "post_attention_layernorm"},
                                                   {"ffn_norm", "pre_feedforward_layernorm"},
                                                   {"post_ffw_norm", "post_feedforward_layernorm"}};
    static const std::vector<GgufExample> all{
        {"llama/llama_bf16", "llama", {}, {}, true},
        {"llama/llama_sharded", "llama", {}, {}, true},
        {"llama/llama_tied", "llama", {}, {}, true},
        {"llama/qwen2", "qwen2"},
        {"families/qwen3", "qwen3"},
        {"families/qwen2_moe", "qwen2moe"},
        {"families/qwen3_moe", "qwen3moe"},
        {"families/mixtral",
         "llama",
         {{"ffn_gate_inp", "block_sparse_moe.gate"},
          {"ffn_gate_exps", "block_sparse_moe.experts.{}.w1"},
          {"ffn_up_exps", "block_sparse_moe.experts.{}.w3"},
          {"ffn_down_exps", "block_sparse_moe.experts.{}.w2"}},
         {},
         true},
        {"families/olmoe", "olmoe"},
        {"families/olmo2",
         "olmo2",
         {{"post_attention_norm", "post_attention_layernorm"}, {"post_ffw_norm", "post_feedforward_layernorm"}}},
        {"families/gemma2", "gemma2", gemma, {{"query_pre_attn_scalar", 16}}, false, false, true},
        {"families/gemma3",
         "gemma3",
         gemma,
         {{"query_pre_attn_scalar", 16},
          {"layer_types",
           {"sliding_attention", "sliding_attention", "sliding_attention", "sliding_attention", "sliding_attention",
            "full_attention"}}},
         false,
         false,
         true},
        {"families/granite", "granite", {}, {}, true},
        {"families/cohere", "command-r"},
        {"families/cohere2", "cohere2"},
        {"families/smollm3", "smollm3", {}, {}, true},
        {"families/stablelm", "stablelm"},
        {"families/starcoder2", "starcoder2", {{"ffn_up", "mlp.c_fc"}, {"ffn_down", "mlp.c_proj"}}},
        {"families/phi3", "phi3", {{"attn_qkv", "self_attn.qkv_proj"}, {"ffn_up", "mlp.gate_up_proj"}}},
        {"families/phi",
         "phi2",
         {{"output_norm", "model.final_layernorm"},
          {"attn_output", "self_attn.dense"},
          {"ffn_up", "mlp.fc1"},
          {"ffn_down", "mlp.fc2"}}},
        {"families/glm4",
         "glm4",
         {{"post_attention_norm", "post_self_attn_layernorm"},
          {"post_ffw_norm", "post_mlp_layernorm"},
          {"ffn_up", "mlp.gate_up_proj"}}},
        {"families/gpt2",
         "gpt2",
         {{"token_embd", "transformer.wte"},
          {"position_embd", "transformer.wpe"},
          {"output_norm", "transformer.ln_f"},
          {"attn_norm", "ln_1"},
          {"ffn_norm", "ln_2"},
          {"attn_qkv", "attn.c_attn"},
          {"attn_output", "attn.c_proj"},
          {"ffn_up", "mlp.c_fc"},
          {"ffn_down", "mlp.c_proj"}},
         {},
         false,
         true,
         false,
         false,
         "transformer.h."},
        {"families/gpt_neox",
         "gptneox",
         {{"token_embd", "gpt_neox.embed_in"},
          {"output_norm", "gpt_neox.final_layer_norm"},
          {"output", "embed_out"},
          {"attn_qkv", "attention.query_key_value"},
          {"attn_output", "attention.dense"},
          {"ffn_up", "mlp.dense_h_to_4h"},
          {"ffn_down", "mlp.dense_4h_to_h"}},
         {},
         false,
         false,
         false,
         true,
         "gpt_neox.layers."},
        {"families/falcon",
         "falcon",
         {{"token_embd", "transformer.word_embeddings"},
          {"output_norm", "transformer.ln_f"},
          {"attn_qkv", "self_attention.query_key_value"},
          {"attn_output", "self_attention.dense"},
          {"ffn_up", "mlp.dense_h_to_4h"},
          {"ffn_down", "mlp.dense_4h_to_h"}},
         {},
         false,
         false,
         false,
         false,
         "transformer.h."},
    };
    return all;
}

}  // namespace mergarium::test
