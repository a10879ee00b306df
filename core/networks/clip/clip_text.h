#pragma once

#include "core/networks/clip/clip_layers.h"

#include <torch/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// CLIP's text encoder (Radford et al. 2021) in libtorch's operators, as Stable Diffusion and CLIP scoring have it. Its
/// tensors are views into someone else's flat buffer.
class ClipText {
public:
    /// Takes its tensors from the visitor: LayoutOf lists them, TensorsIn finds them in a buffer.
    ClipText(ClipTextConfig config, TensorVisitor& tensors);

    const ClipTextConfig& config() const { return config_; }

    struct Reading {
        /// After each layer, the embeddings first: [texts, positions, width]. The last but one is what SDXL reads.
        std::vector<torch::Tensor> states;
        /// After the last layer and the final norm.
        torch::Tensor last;
        /// last at the end of each text: [texts, width].
        torch::Tensor pooled;
        /// [texts, projection]; undefined where the network has none.
        torch::Tensor projected;
    };
    /// Texts of the same number of tokens each, at most config().positions, in the vocabulary; else
    /// std::invalid_argument. A token reads those before it and itself, padding included. Under autograd where the
    /// caller's mode has it.
    Reading read(std::span<const std::vector<std::int32_t>> texts) const;
    /// States behind the final norm.
    torch::Tensor normalised(const torch::Tensor& states) const;

private:
    ClipTextConfig config_;
    torch::Tensor tokens_, positions_;
    ClipLayerWeights layers_;
    Affine norm_, projection_;
};

/// How its tensors are called behind a prefix ("text_encoder."): as transformers 4 and 5 write them.
TensorNames clipTextNames(std::string prefix);

}  // namespace mergarium
