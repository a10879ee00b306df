#pragma once

#include "core/families/mixers.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mergarium {

/// How rotary frequencies are scaled for contexts longer than those of pretraining.
struct RopeScaling {
    /// Every position divided by `factor`.
    struct Linear {
        double factor = 1.0;
        bool operator==(const Linear&) const = default;
    };
    /// Llama 3.1: long waves divided by `factor`, short ones kept, a smooth passage between.
    struct Llama3 {
        double factor = 1.0, lowFrequencyFactor = 1.0, highFrequencyFactor = 4.0;
        double originalContext = 8192.0;
        bool operator==(const Llama3&) const = default;
    };
    /// YaRN (Peng et al., arXiv 2309.00071): a ramp over dimensions, and sharper attention.
    struct Yarn {
        double factor = 1.0, originalContext = 0.0;
        double betaFast = 32.0, betaSlow = 1.0;
        /// Factor of cosines and sines.
        double attentionFactor = 1.0;
        /// Whether the ramp begins and ends at whole dimensions.
        bool truncate = true;
        bool operator==(const Yarn&) const = default;
    };
    /// LongRoPE (Ding et al., arXiv 2402.13753), as Phi-3 has it: every frequency divided by a factor of its own, other
    /// ones for texts beyond the original context.
    struct Long {
        /// One per frequency.
        std::vector<double> shortFactors = {}, longFactors = {};
        std::int64_t originalContext = 0;
        /// Factor of cosines and sines.
        double attentionFactor = 1.0;
        bool operator==(const Long&) const = default;
    };
    /// std::monostate: not scaled.
    std::variant<std::monostate, Linear, Llama3, Yarn, Long> kind = {};
    bool operator==(const RopeScaling&) const = default;
};

/// A rotary position embedding (Su et al., arXiv 2104.09864).
struct RopeConfig {
    double theta = 10000.0;
    RopeScaling scaling = {};
    bool operator==(const RopeConfig&) const = default;
};

/// Which numbers of a head are a point in the plane, of the `n` that are rotated.
enum class RopePairs : std::uint8_t {
    /// j and j + n/2.
    Halves,
    /// 2j and 2j + 1.
    Neighbours,
};

enum class Activation : std::uint8_t {
    /// x / (1 + e^-x)
    Silu,
    /// x times the normal distribution's probability of less than x.
    Gelu,
    /// The same, approximated by tanh.
    GeluTanh,
    Relu,
};

struct NormConfig {
    enum class Kind : std::uint8_t {
        /// x / sqrt(mean of squares + epsilon) * weight
        Rms,
        /// (x - mean) / sqrt(variance + epsilon) * weight + bias
        Layer,
    };
    Kind kind = Kind::Rms;
    double epsilon = 1e-6;
    /// Weights are stored less one.
    bool plusOne = false;
    bool bias = false;
    bool operator==(const NormConfig&) const = default;
};

/// Norms of queries and keys, before they are rotated.
enum class HeadNorms : std::uint8_t {
    None,
    /// Of every head by itself, the same weights [head size] for all heads.
    Shared,
    /// Of every head by itself, weights [heads, head size], in one tensor or one per head.
    Own,
    /// Of all heads as one vector, weights [heads * head size].
    Whole,
};

/// How the products that give queries, keys and values are stored.
enum class Projections : std::uint8_t {
    /// Three matrices.
    Apart,
    /// One: all queries, all keys, all values.
    Joined,
    /// One: for every key head its queries, its key, its value.
    ByKeyHead,
};

/// Experts among which every token chooses (Shazeer et al., arXiv 1701.06538; Fedus et al., arXiv 2101.03961).
struct ExpertsConfig {
    std::int64_t count = 0, perToken = 0;
    /// Width of one expert.
    std::int64_t intermediate = 0;
    /// The chosen experts' probabilities are divided by their sum.
    bool normalised = false;
    /// The chosen experts' probabilities are multiplied by this.
    double scale = 1.0;
    /// Width of an expert that all tokens go through; 0: there is none.
    std::int64_t sharedIntermediate = 0;
    bool operator==(const ExpertsConfig&) const = default;
};

/// Names of tensors without ".weight" and ".bias"; empty where a family has none. Those of a layer stand behind
/// `layers` and its number, those of an expert behind `experts` and its number. Here as Llama has them.
struct DecoderNames {
    /// Before all names but the head's; folders of the bare network leave it out.
    std::string base = "model.";
    std::string embedding = "embed_tokens", positions = {}, layers = "layers.", norm = "norm", head = "lm_head";
    /// Before attention and on its output, before the perceptron and on its output.
    std::string attentionNorm = "input_layernorm", attentionOutputNorm = {};
    std::string mlpNorm = "post_attention_layernorm", mlpOutputNorm = {};
    std::string queries = "self_attn.q_proj", keys = "self_attn.k_proj", values = "self_attn.v_proj";
    /// Instead of these three.
    std::string joined = {};
    std::string output = "self_attn.o_proj";
    /// With {} for the number of the head where every head has a tensor of its own.
    std::string queryNorm = "self_attn.q_norm", keyNorm = "self_attn.k_norm";
    /// A plain perceptron has no gate; `gateUp` instead of gate and up.
    std::string gate = "mlp.gate_proj", up = "mlp.up_proj", down = "mlp.down_proj", gateUp = {};
    std::string router = "mlp.gate", experts = "mlp.experts.";
    std::string expertGate = "gate_proj", expertUp = "up_proj", expertDown = "down_proj";
    /// Before the names of an expert's products; and the product that says how much of it is taken.
    std::string sharedExpert = "mlp.shared_expert.", sharedGate = {};
    LatentAttentionNames latent = {};
    DeltaRuleNames deltaRule = {};
    /// Ends of names that some files store and no network needs; and their beginnings.
    std::vector<std::string> idle = {".rotary_emb.inv_freq"}, idleParts = {};
    bool operator==(const DecoderNames&) const = default;
};

struct DecoderLayer {
    Mixer mixer = Attention();
    /// How many of the last tokens, itself among them, a token sees; 0: all.
    std::int64_t window = 0;
    /// Which of the rotary embeddings; absent: tokens don't know where they stand.
    std::optional<std::size_t> rope = 0;
    /// Of the products of queries and keys.
    double scoreScale = 1.0;
    bool experts = false;
    bool operator==(const DecoderLayer&) const = default;
};

/// A language model that reads from left to right (a decoder-only transformer), as a family of Hugging Face's describes
/// it (core/families). The network computes what stands here and knows no families.
struct DecoderConfig {
    /// As model_type names it.
    std::string family;
    DecoderNames names = {};

    std::int64_t vocabulary = 0;
    std::int64_t hidden = 0;
    /// Width of the perceptrons that are no experts.
    std::int64_t intermediate = 0;
    std::int64_t heads = 0;
    /// Heads of keys and values, each shared by heads / keyHeads heads of queries.
    std::int64_t keyHeads = 0;
    /// Numbers per head.
    std::int64_t headSize = 0;
    std::vector<DecoderLayer> layers = {};
    /// Largest number of tokens of a text, prompt and continuation together.
    std::int64_t context = 0;
    /// Learnt positions that there are; 0: none are added.
    std::int64_t positions = 0;

    NormConfig norm = {};
    /// Attention and perceptron read the same state, and both are added to it; else one after the other.
    bool parallel = false;
    /// Of the embeddings; of what attention and perceptron add; of the logits.
    double embeddingScale = 1.0, residualScale = 1.0, logitScale = 1.0;

    /// At most this many of a head's numbers are rotated, from its first on; even.
    std::int64_t rotated = 0;
    RopePairs ropePairs = RopePairs::Halves;
    std::vector<RopeConfig> ropes = {};
    Projections projections = Projections::Apart;
    HeadNorms headNorms = HeadNorms::None;
    NormConfig headNorm = {};
    /// Queries, keys and values lie within plus and minus this.
    std::optional<double> projectionLimit = {};
    /// Scores s become cap * tanh(s / cap); logits likewise.
    std::optional<double> scoreCap = {}, logitCap = {};

    Activation activation = Activation::Silu;
    ExpertsConfig experts = {};

    /// Biases of queries, keys and values; of the attention's output; of the perceptron's products; of the head.
    bool inputBias = false, outputBias = false, mlpBias = false, headBias = false;
    /// Matrices are stored [inputs, outputs].
    bool transposed = false;
    /// The head is the embedding.
    bool tied = false;
    /// It is a part of a larger model, whose other tensors are none of its business.
    bool isPart = false;
    /// Of a classifier, what the outputs of its head stand for, read after a text's last token; empty: a language
    /// model.
    std::vector<std::string> labels = {};
    /// Models of the family learn to read a begin token before all others.
    bool begins = false;
    /// Tokens that end a text; empty when the files name none.
    std::vector<std::int32_t> endTokens = {};

    bool operator==(const DecoderConfig&) const = default;

    /// Rows of the head.
    std::int64_t outputs() const { return labels.empty() ? vocabulary : static_cast<std::int64_t>(labels.size()); }
    bool hasGate() const { return !names.gate.empty() || !names.gateUp.empty(); }
    /// Texts that grow beyond this many tokens are read anew, for they are read otherwise from the beginning
    /// (LongRoPE); 0: there is no such length.
    std::int64_t readAnewAt() const {
        for (const auto& rope : ropes)
            if (const auto* scaling = std::get_if<RopeScaling::Long>(&rope.scaling.kind))
                return scaling->originalContext;
        return 0;
    }
    /// Of a tensor that isn't the head's.
    std::string nameOf(const std::string& part) const { return names.base + part; }
};

}  // namespace mergarium
