#pragma once

#include "core/checkpoint/layout.h"
#include "core/diffusion/pipeline_config.h"
#include "core/families/decoder_config.h"
#include "core/genes/genes.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mergarium {

/// What units have of a tensor.
struct UnitSlice {
    std::string tensor;
    /// From 0; its indexes are divided among the units.
    std::size_t dimension = 0;
    /// Which unit each index belongs to.
    std::vector<std::uint32_t> units;
    /// Which of its unit's parts each index belongs to, kWholeUnit where to none; empty: to none throughout.
    std::vector<std::uint32_t> parts = {};
};
constexpr std::uint32_t kWholeUnit = 0xFFFFFFFF;

/// Units of one sort: the neurons of a layer's perceptron, the heads of its attention, a vocabulary's tokens.
struct UnitGroup {
    /// "model.layers.3.mlp neurons"
    std::string name;
    /// Each has an element at least.
    std::uint32_t count = 0;
    /// No two groups have a part of one tensor.
    std::vector<UnitSlice> slices;
    /// Whether the network computes the same once two of them have changed places: the elements of every slice, in
    /// order, and those of `followers`.
    bool interchangeable = false;
    /// Slices of the layers behind, which belong to other units and change places with these.
    std::vector<UnitSlice> followers = {};
    /// Of every unit; like units, these can change places within it: heads of queries that share one of keys.
    std::uint32_t parts = 1;
};

// The units that are known of a network, in any order; tensors that the layout hasn't are left out. All throw
// std::runtime_error naming a tensor whose shape isn't what the configuration asks for.

/// Of a language model, whose names are those of the layout (withNamesOf):
/// - neurons of perceptrons, those of experts too: rows of gate and up with their biases, columns of down;
/// - experts, as far as the router goes: a row each;
/// - heads of keys and values with all that serves them alone: rows of queries, keys and values with their biases,
/// their
///   own norms, columns of the output. Of latent attention: heads, without what they share; of the delta rule: heads of
///   keys with their heads of values;
/// - tokens: rows of embedding and head, with the head's bias; labels of a classifier; learnt positions;
/// - norms, weight and bias together.
/// What is left, such as biases of outputs, is none's.
std::vector<UnitGroup> decoderGroups(const Layout& layout, const DecoderConfig& config);

/// Of a multi-layer perceptron: hidden units with their incoming weights, bias, and in the last hidden layer outgoing
/// weights; and biases of outputs. A weight between hidden units belongs to the later one. Empty unless the layout is a
/// chain of weights and biases, NAME.weight [inputs, outputs] or [outputs, inputs] and NAME.bias, whose extents fit;
/// where they fit both ways, matrices are [outputs, inputs] unless the names are the digits networks'.
std::vector<UnitGroup> perceptronGroups(const Layout& layout);

/// Of a text-to-image model, whose tensors are called COMPONENT.TENSOR: heads of attention, neurons, channels between
/// the convolutions of a residual block, tokens and positions of text encoders, norms.
std::vector<UnitGroup> pipelineGroups(const Layout& layout, const PipelineConfig& config);

/// A gene for every unit; other tensors are a gene each.
GenesPtr genesOf(const Layout& layout, std::vector<UnitGroup> groups);

GenesPtr decoderUnits(const Layout& layout, const DecoderConfig& config);
/// Null where it is no perceptron.
GenesPtr perceptronUnits(const Layout& layout);
GenesPtr pipelineUnits(const Layout& layout, const PipelineConfig& config);

}  // namespace mergarium
