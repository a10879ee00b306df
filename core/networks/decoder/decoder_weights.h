#pragma once

#include "core/checkpoint/layout.h"
#include "core/families/decoder_config.h"

#include <torch/types.h>

#include <string_view>
#include <vector>

namespace mergarium {

/// A product with a matrix [outputs, inputs], which may lie in memory the other way round, and a bias where the family
/// has one.
struct Linear {
    torch::Tensor weight;
    torch::Tensor bias;

    /// Some of the outputs, as a product of their own.
    Linear rows(std::int64_t first, std::int64_t count) const;
};

struct NormWeights {
    /// Undefined where the family has no such norm.
    torch::Tensor weight;
    torch::Tensor bias;
};

/// down(activation(gate x) * up x), or without a gate down(activation(up x)).
struct MlpWeights {
    /// Undefined in a plain one.
    Linear gate;
    Linear up, down;
};

/// Of latent attention.
struct LatentAttentionWeights {
    /// From the state, then a norm; undefined where queries are made of the state itself.
    Linear queryLatent;
    NormWeights queryNorm;
    Linear queries;
    Linear keyLatent;
    NormWeights keyNorm;
    Linear keysAndValues;
};

/// Of the gated delta rule.
struct DeltaRuleWeights {
    /// Queries, keys and values; or all and the gates, key head by key head.
    Linear inputs;
    Linear gates;
    /// What is forgotten, then what is written; or both in one, key head by key head.
    Linear forgotten, written;
    /// [channels, 1, tokens]
    torch::Tensor convolution;
    /// [valueHeads]
    torch::Tensor rateLogarithms, rateBias;
    NormWeights norm;
};

/// The tensors of one network, views into its flat buffer.
struct DecoderWeights {
    struct Layer {
        NormWeights attentionNorm, attentionOutputNorm, mlpNorm, mlpOutputNorm;
        Linear queries, keys, values;
        /// Instead of these three where their rows go key head by key head.
        Linear joined;
        LatentAttentionWeights latent;
        DeltaRuleWeights deltaRule;
        /// Of any mixer.
        Linear output;
        /// One, or one per head; empty where the family has none.
        std::vector<NormWeights> queryNorm, keyNorm;
        /// Undefined in a layer with experts.
        MlpWeights mlp;
        Linear router;
        std::vector<MlpWeights> experts;
        /// Undefined where there is none.
        MlpWeights sharedExpert;
        Linear sharedGate;
    };
    torch::Tensor embedding;
    /// [positions, hidden]; undefined where none are learnt.
    torch::Tensor positions;
    std::vector<Layer> layers;
    NormWeights norm;
    /// The embedding when tied.
    Linear head;

    /// Views into `flat`, which holds the tensors of `layout`. Throws as checkTensors does.
    static DecoderWeights in(const torch::Tensor& flat, const DecoderConfig& config, const Layout& layout);
};

/// All tensors of a network as Hugging Face names them, in depth order: embedding, layers, norm, and the head unless
/// tied.
Layout decoderLayout(const DecoderConfig& config);

/// Throws std::runtime_error naming `source` and the tensor that is missing, has another shape, holds integers, or is
/// unknown to the network. Allowed beyond are tensors that no network needs (DecoderNames::idle), and the head of a
/// tied one.
void checkTensors(const DecoderConfig& config, const Layout& layout, std::string_view source);

}  // namespace mergarium
