#pragma once

#include "core/diffusion/pipeline_config.h"
#include "core/networks/diffusion/tensors_in.h"

#include <string>
#include <vector>

namespace mergarium {

/// The transformer that CLIP's two networks have: norms before attention and perceptron, biases everywhere.
struct ClipLayerWeights {
    struct Layer {
        Affine attentionNorm, queries, keys, values, output, mlpNorm, up, down;
    };
    std::vector<Layer> layers;

    /// `prefix`: "text_model.encoder.layers.".
    void visit(TensorVisitor& visitor, const ClipLayers& config, const std::string& prefix);
};

/// The states after each layer, the inputs first: config.count + 1 of [texts, tokens, width]. `mask` is added to the
/// scores [tokens, tokens]; undefined: none.
std::vector<torch::Tensor> clipStates(const ClipLayers& config, const ClipLayerWeights& weights,
                                      const torch::Tensor& inputs, const torch::Tensor& mask);

/// Over the last dimension.
torch::Tensor clipNorm(const ClipLayers& config, const Affine& norm, const torch::Tensor& inputs);

}  // namespace mergarium
