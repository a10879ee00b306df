#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace mergarium {

/// Where the tokens of a text meet in a layer: one of these.

/// Softmax attention (Vaswani et al., arXiv 1706.03762), its sizes those of the network.
struct Attention {
    /// The product that gives queries gives gates, too: for every head its query, then its gate, whose sigmoid the
    /// head's output is multiplied with.
    bool gated = false;
    bool operator==(const Attention&) const = default;
};

/// Latent attention (DeepSeek-AI, arXiv 2405.04434, section 2.1): keys and values of all heads are made of one small
/// vector per token, and of a part of the key that is rotated and that all heads share.
struct LatentAttention {
    /// Numbers that keys and values are made of.
    std::int64_t keyRank = 0;
    /// Numbers that queries are made of; 0: the state itself.
    std::int64_t queryRank = 0;
    /// Of a head's query and key: numbers that stay as they are, then those that are rotated. Of its value.
    std::int64_t plainSize = 0, rotatedSize = 0, valueSize = 0;
    /// Of the norms of what they are made of.
    double epsilon = 1e-6;
    bool operator==(const LatentAttention&) const = default;
};

/// The gated delta rule (Yang et al., arXiv 2412.06464, equation 10) behind a short convolution over time, with a norm
/// and a gate on its output. Every head of values keeps a matrix of its own.
struct DeltaRule {
    /// Every head of queries and keys serves valueHeads / keyHeads neighbouring heads of values.
    std::int64_t keyHeads = 0, valueHeads = 0;
    std::int64_t keySize = 0, valueSize = 0;
    /// Tokens that the convolution sees, itself among them.
    std::int64_t convolution = 0;
    /// One product gives, for every head of keys, its query, its key, its values and its gates; another one what is
    /// written and what is forgotten. Else all queries, keys and values come from one, and the rest from one each.
    bool byKeyHead = false;

    /// Numbers that go through the convolution.
    std::int64_t channels() const { return 2 * keyHeads * keySize + valueHeads * valueSize; }
    bool operator==(const DeltaRule&) const = default;
};

using Mixer = std::variant<Attention, LatentAttention, DeltaRule>;

/// Names of tensors as in DecoderNames.
struct LatentAttentionNames {
    std::string queryLatent = "self_attn.q_a_proj", queryNorm = "self_attn.q_a_layernorm",
                queries = "self_attn.q_b_proj";
    /// What keys and values are made of, and the rotated part of the key.
    std::string keyLatent = "self_attn.kv_a_proj_with_mqa", keyNorm = "self_attn.kv_a_layernorm";
    /// For every head its key, then its value.
    std::string keysAndValues = "self_attn.kv_b_proj";
    bool operator==(const LatentAttentionNames&) const = default;
};

struct DeltaRuleNames {
    std::string inputs = "linear_attn.in_proj_qkv", gates = "linear_attn.in_proj_z";
    std::string forgotten = "linear_attn.in_proj_a", written = "linear_attn.in_proj_b";
    /// Instead of inputs and gates, and of forgotten and written, where they go key head by key head.
    std::string joined = "linear_attn.in_proj_qkvz", joinedRates = "linear_attn.in_proj_ba";
    std::string convolution = "linear_attn.conv1d", norm = "linear_attn.norm", output = "linear_attn.out_proj";
    /// Whole names.
    std::string rateLogarithms = "linear_attn.A_log", rateBias = "linear_attn.dt_bias";
    bool operator==(const DeltaRuleNames&) const = default;
};

}  // namespace mergarium
