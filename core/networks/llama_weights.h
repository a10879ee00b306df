#pragma once

#include "core/checkpoint/layout.h"
#include "core/networks/llama_config.h"

#include <torch/types.h>

#include <string_view>
#include <vector>

namespace mergarium {

/// A product with a matrix [outputs, inputs], and a bias where the family has one.
struct Linear {
    torch::Tensor weight;
    torch::Tensor bias;
};

/// The tensors of one network, views into its flat buffer.
struct LlamaWeights {
    struct Layer {
        torch::Tensor inputNorm, mlpNorm;
        Linear queries, keys, values, output;
        /// Undefined where the family has none.
        torch::Tensor queryNorm, keyNorm;
        Linear gate, up, down;
    };
    torch::Tensor embedding;
    std::vector<Layer> layers;
    torch::Tensor norm;
    /// The embedding when tied.
    torch::Tensor head;

    /// Views into `flat`, which holds the tensors of `layout`. Throws as checkTensors does.
    static LlamaWeights in(const torch::Tensor& flat, const LlamaConfig& config, const Layout& layout);
};

/// All tensors of a network as Hugging Face names them, in depth order: embedding, layers, norm, and the head unless
/// tied.
Layout llamaLayout(const LlamaConfig& config);

/// Throws std::runtime_error naming `source` and the tensor that is missing, has another shape, holds integers, or is
/// unknown to the network. Allowed beyond are rotary frequencies, and the head of a tied network.
void checkTensors(const LlamaConfig& config, const Layout& layout, std::string_view source);

}  // namespace mergarium
