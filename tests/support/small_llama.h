#pragma once

#include "tests/support/example_models.h"
#include "tests/support/gguf_folders.h"

#include <fmt/format.h>

namespace mergarium::test {

/// A small Llama of random numbers: one head of 32, so that most rows are whole blocks.
inline nlohmann::json smallLlama(std::int64_t vocabulary, std::int64_t intermediate = 96) {
    return {{"model_type", "llama"},
            {"architectures", {"LlamaForCausalLM"}},
            {"vocab_size", vocabulary},
            {"hidden_size", 64},
            {"intermediate_size", intermediate},
            {"num_hidden_layers", 2},
            {"num_attention_heads", 2},
            {"num_key_value_heads", 1},
            {"max_position_embeddings", 128},
            {"rms_norm_eps", 1e-5},
            {"rope_theta", 10000.0},
            {"tie_word_embeddings", false},
            {"bos_token_id", 0},
            {"eos_token_id", 2}};
}

inline void writeLlama(const std::filesystem::path& folder, const nlohmann::json& config, DType dtype,
                       unsigned seed = 1, float scale = 1.0F) {
    std::vector<GivenTensor> tensors;
    const auto add = [&](const std::string& name, std::vector<std::int64_t> shape) {
        std::size_t count = 1;
        for (const auto extent : shape) count *= static_cast<std::size_t>(extent);
        auto values = numbers(count, ++seed);
        for (float& value : values) value *= scale;
        tensors.push_back(tensorOf(name, dtype, std::move(shape), values));
    };
    const std::int64_t rows = config["vocab_size"], hidden = 64, width = config["intermediate_size"];
    add("model.embed_tokens.weight", {rows, hidden});
    for (int layer = 0; layer < 2; ++layer) {
        const auto in = fmt::format("model.layers.{}.", layer);
        add(in + "input_layernorm.weight", {hidden});
        add(in + "self_attn.q_proj.weight", {64, hidden});
        add(in + "self_attn.k_proj.weight", {32, hidden});
        add(in + "self_attn.v_proj.weight", {32, hidden});
        add(in + "self_attn.o_proj.weight", {hidden, 64});
        add(in + "post_attention_layernorm.weight", {hidden});
        add(in + "mlp.gate_proj.weight", {width, hidden});
        add(in + "mlp.up_proj.weight", {width, hidden});
        add(in + "mlp.down_proj.weight", {hidden, width});
    }
    add("model.norm.weight", {hidden});
    add("lm_head.weight", {rows, hidden});
    writeTensors(folder / "model.safetensors", tensors);
}

inline void fillLlama(const GgufFolder& folder, DType dtype = DType::F32, std::int64_t intermediate = 96,
                      float scale = 1.0F) {
    const auto config = smallLlama(5, intermediate);
    writeLlama(folder.path(), config, dtype, 1, scale);
    folder.write("config.json", config.dump());
    folder.write("tokenizer.json", smallBytePairs().dump());
}

inline std::vector<float> valuesIn(const std::filesystem::path& folder, const char* name) {
    return valuesOf(*Checkpoint::open(folder), name);
}

inline std::vector<std::byte> fileBytes(const std::filesystem::path& file) {
    const auto text = textOf(file);
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

}  // namespace mergarium::test
