#pragma once

#include "core/checkpoint/layout.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mergarium {

/// Neighbouring tensors of the parameter vector that make up one layer of the network.
struct Layer {
    /// The common prefix of its tensors' names: "model.layers.12", "lm_head".
    std::string name;
    /// Indexes into Layout::tensors.
    std::size_t firstTensor = 0;
    std::size_t endTensor = 0;
    /// Positions in the parameter vector.
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool operator==(const Layer&) const = default;
};

/// In the order of the vector; together they hold every tensor. A tensor belongs to the layer that its name says, up to
/// the first number in it ("model.layers.12.mlp.up_proj.weight"), without one up to the last part; a U-Net's middle and
/// embeddings are one layer each.
std::vector<Layer> layersOf(const Layout& layout);

}  // namespace mergarium
