#include "core/checkpoint/depth_order.h"

#include <algorithm>
#include <compare>
#include <string_view>
#include <unordered_map>

namespace mergarium {
namespace {

/// When a part of a name acts among its siblings, 0 first and 99 last; what isn't listed acts in the middle. The same
/// word can act otherwise right under a number, that is, within a block: a network's "norm" is its last, a block's
/// "norm" its first. It can also stand in the table with the word before it, which then counts.
struct Rank {
    int always;
    int inBlock;
    Rank(int rank) : always(rank), inBlock(rank) {}  // NOLINT: the table reads better so
    Rank(int outside, int inside) : always(outside), inBlock(inside) {}
};

constexpr int kMiddle = 50;

const std::unordered_map<std::string_view, Rank>& ranks() {
    // clang-format off
    static const std::unordered_map<std::string_view, Rank> table{
        // Embeddings.
        {"embed_tokens", 1}, {"wte", 1}, {"word_embeddings", 1}, {"tok_embeddings", 1}, {"embed_in", 1}, {"shared", 1},
        {"embeddings", 1}, {"embedding", 1}, {"token_embedding", 1}, {"class_embedding", 0}, {"cls_token", 0},
        {"patch_embed", 1}, {"patch_embedding", 1}, {"wpe", 2}, {"position_embedding", 2}, {"position_embeddings", 2},
        {"embed_positions", 2}, {"pos_embed", 2}, {"pos_embedding", 2}, {"token_type_embeddings", 3},
        {"word_embeddings_layernorm", 4}, {"embed_layer_norm", 4}, {"pre_layrnorm", 4}, {"rotary_emb", 5},
        {"conv_in", 1}, {"time_embed", 2}, {"time_embedding", 2}, {"add_embedding", 3}, {"label_emb", 3},
        {"linear_1", 1}, {"linear_2", 2},
        // Towers, encoder and decoder.
        {"cond_stage_model", 10}, {"conditioner", 10}, {"vision_tower", 20}, {"vision_model", 20}, {"visual", 20},
        {"mm_projector", 30}, {"multi_modal_projector", 30}, {"first_stage_model", 90}, {"encoder", 45},
        {"quant_conv", 46}, {"post_quant_conv", 54}, {"decoder", 55}, {"down_blocks", 30}, {"input_blocks", 30},
        {"down", 30}, {"mid_block", 40}, {"middle_block", 40}, {"mid", 40}, {"up_blocks", 60}, {"output_blocks", 60},
        {"up", 60},
        // Within a block: norm, attention, norm, feed-forward.
        {"input_layernorm", 10}, {"ln_1", 10}, {"norm1", 10}, {"layer_norm1", 10}, {"attention_norm", 10},
        {"group_norm", 10}, {"in_layers", 10}, {"layer_norm", {90, 10}}, {"attn1", 15}, {"conv1", 15}, {"bn1", 16},
        {"emb_layers", 20}, {"time_emb_proj", 20}, {"resnets", 15}, {"attn", 20}, {"attention", 20}, {"self_attn", 20},
        {"self_attention", 20}, {"SelfAttention", 20}, {"attentions", 20}, {"linear_attn", 20}, {"mixer", 20}, {"self_attn_layer_norm", 25},
        {"post_self_attn_layernorm", 25},
        {"post_attention_layernorm", 30}, {"ln_2", 30}, {"norm2", 30}, {"layer_norm2", 30}, {"ffn_norm", 30},
        {"out_layers", 30}, {"attn2", 32}, {"encoder_attn", 32}, {"EncDecAttention", 32}, {"crossattention", 32},
        {"conv2", 32}, {"bn2", 33}, {"encoder_attn_layer_norm", 34}, {"norm3", 36}, {"conv3", 36}, {"bn3", 37},
        {"pre_feedforward_layernorm", 38}, {"mlp", 40}, {"feed_forward", 40}, {"ff", 40}, {"block_sparse_moe", 40},
        {"DenseReluDense", 40}, {"intermediate", 40}, {"conv_shortcut", 60}, {"nin_shortcut", 60},
        {"skip_connection", 60}, {"downsamplers", 80}, {"upsamplers", 80}, {"post_feedforward_layernorm", 85},
        // Within attention: q, k, v (or all in one), o.
        {"self", 5}, {"q_proj", 10}, {"query", 10}, {"to_q", 10}, {"wq", 10}, {"q", 10}, {"q_norm", 11}, {"k_proj", 20},
        {"key", 20}, {"to_k", 20}, {"wk", 20}, {"k", 20}, {"k_norm", 21}, {"v_proj", 30}, {"value", 30}, {"to_v", 30},
        {"wv", 30}, {"v", 30}, {"c_attn", 10}, {"query_key_value", 10}, {"qkv_proj", 10}, {"qkv", 10}, {"Wqkv", 10},
        {"in_proj", 10}, {"in_proj_weight", 10}, {"in_proj_bias", 11}, {"conv1d", 12}, {"o_proj", 80}, {"out_proj", 80},
        {"c_proj", 80}, {"to_out", 80}, {"wo", 80}, {"o", 80}, {"dense", 80}, {"proj_out", 80}, {"proj_in", 12},
        // Within latent attention, where queries and keys are made in two steps; within linear attention.
        {"q_a_proj", 10}, {"q_a_layernorm", 11}, {"q_b_proj", 12}, {"kv_a_proj_with_mqa", 20}, {"kv_a_layernorm", 21},
        {"kv_b_proj", 22}, {"in_proj_qkv", 10}, {"in_proj_qkvz", 10}, {"in_proj_z", 10}, {"in_proj_a", 11},
        {"in_proj_b", 11}, {"in_proj_ba", 11}, {"linear_attn.norm", 70},
        // Within the feed-forward part: router, gate and up, down.
        {"gate", 5}, {"router", 5}, {"gate_proj", 10}, {"gate_up_proj", 10}, {"w1", 10}, {"c_fc", 10}, {"fc1", 10},
        {"wi", 10}, {"wi_0", 10}, {"dense_h_to_4h", 10}, {"up_proj", 20}, {"w3", 20}, {"wi_1", 20}, {"down_proj", 80},
        {"w2", 80}, {"fc2", 80}, {"dense_4h_to_h", 80}, {"LayerNorm", 90}, {"layernorm", 90},
        // The end: final norm, then the head.
        {"norm", {90, 10}}, {"ln_f", 90}, {"norm_f", 90}, {"final_layernorm", 90}, {"final_layer_norm", 90},
        {"final_norm", 90}, {"ln_post", 90}, {"post_layernorm", 90}, {"conv_norm_out", 90}, {"norm_out", 90},
        {"pooler", 92}, {"out", 95}, {"conv_out", 95}, {"output", {95, 85}}, {"text_projection", 95},
        {"visual_projection", 95}, {"lm_head", 97}, {"embed_out", 97}, {"head", 97}, {"classifier", 97}, {"score", 97},
        {"cls", 97}, {"logit_scale", 99},
        // The leaves.
        {"weight", 40}, {"bias", 60}};
    // clang-format on
    return table;
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t digitsAt(std::string_view text, std::size_t begin) {
    std::size_t end = begin;
    while (end < text.size() && isDigit(text[end])) ++end;
    return end - begin;
}

/// Letters as letters, runs of digits as numbers of any length.
std::strong_ordering compareNaturally(std::string_view a, std::string_view b) {
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (isDigit(a[i]) && isDigit(b[j])) {
            auto first = a.substr(i, digitsAt(a, i)), second = b.substr(j, digitsAt(b, j));
            i += first.size();
            j += second.size();
            first.remove_prefix(std::min(first.find_first_not_of('0'), first.size()));
            second.remove_prefix(std::min(second.find_first_not_of('0'), second.size()));
            if (const auto order = first.size() <=> second.size(); order != 0) return order;
            if (const auto order = first <=> second; order != 0) return order;
        } else {
            if (const auto order = a[i] <=> b[j]; order != 0) return order;
            ++i;
            ++j;
        }
    }
    if (const auto order = (a.size() - i) <=> (b.size() - j); order != 0) return order;
    return a <=> b;  // "01" and "1" are two names
}

struct Part {
    int rank = 0;
    std::string_view text = {};
    /// Of two that are alike otherwise.
    int second = 0;
};

struct Key {
    std::vector<Part> parts;
    const std::string* name;
};

/// In a U-Net's level attention j acts behind residual block j, and before block j + 1: what stands for the two parts
/// of "resnets.0" or "attentions.0"; rank 0: this is neither.
Part interleaved(std::string_view word, std::string_view number) {
    const bool attends = word == "attentions";
    if ((!attends && word != "resnets") || number.empty() || digitsAt(number, 0) != number.size()) return {};
    return {ranks().find("resnets")->second.always, number, attends ? 1 : 0};
}

std::vector<Part> partsOf(std::string_view name) {
    std::vector<Part> parts;
    bool inBlock = false;
    std::size_t before = 0;
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('.', begin), name.size());
        const auto text = name.substr(begin, end - begin);
        const auto next = end < name.size() ? name.substr(end + 1, name.find('.', end + 1) - end - 1) : "";
        if (const auto both = interleaved(text, next); both.rank > 0) {
            parts.push_back(both);
            inBlock = true;
            before = end + 1;
            begin = end + 1 + next.size() + 1;
            continue;
        }
        auto known = ranks().find(name.substr(before, end - before));
        if (known == ranks().end()) known = ranks().find(text);
        parts.push_back({known == ranks().end() ? kMiddle
                         : inBlock              ? known->second.inBlock
                                                : known->second.always,
                         text});
        inBlock = !text.empty() && digitsAt(text, 0) == text.size();
        before = begin;
        begin = end + 1;
    }
    return parts;
}

std::strong_ordering compare(const Part& a, const Part& b) {
    if (const auto order = a.rank <=> b.rank; order != 0) return order;
    if (const auto order = compareNaturally(a.text, b.text); order != 0) return order;
    return a.second <=> b.second;
}

}  // namespace

void sortInDepthOrder(std::vector<std::string>& names) {
    std::vector<Key> keys;
    keys.reserve(names.size());
    for (const auto& name : names) keys.push_back({partsOf(name), &name});
    std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
        return std::lexicographical_compare_three_way(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(),
                                                      compare) < 0;
    });
    std::vector<std::string> sorted;
    sorted.reserve(names.size());
    for (const auto& key : keys) sorted.push_back(*key.name);
    names = std::move(sorted);
}

}  // namespace mergarium
