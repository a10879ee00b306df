#pragma once

#include "core/founders/founder_source.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// A tensor's name, and where in it the layer's number stands.
struct LayeredName {
    std::uint64_t layer = 0;
    /// The name without the number: what it begins and ends with.
    std::string_view before, behind;
};

/// A model that is merged: its tensors, and which of them belong to which layer.
class MergeModel {
public:
    /// `name` as the configuration has it.
    MergeModel(std::string name, CheckpointFounder place, FounderSourcePtr source);

    const std::string& name() const { return name_; }
    const CheckpointFounder& place() const { return place_; }
    const FounderSourcePtr& source() const { return source_; }
    /// How many it has: what config.json says, where tensors agree; 0 where there are none.
    std::uint64_t layers() const { return layers_; }
    /// config.json; null where there is none.
    const nlohmann::ordered_json& configuration() const { return configuration_; }
    /// Absent for a tensor that lies outside of the layers.
    std::optional<LayeredName> layered(std::string_view tensor) const;
    /// The tensor's place; of a head that is its embedding, the embedding's. Absent where there is none.
    std::optional<std::size_t> find(std::string_view tensor) const;

private:
    void findLayers();

    std::string name_;
    CheckpointFounder place_;
    FounderSourcePtr source_;
    nlohmann::ordered_json configuration_;
    std::uint64_t layers_ = 0;
    /// What the names of tensors of layers begin with: "model.layers.".
    std::vector<std::string> prefixes_;
};

/// The number behind one of these keys of a configuration, or of its text part; absent where there is none.
std::optional<std::uint64_t> layersSaid(const nlohmann::ordered_json& configuration);
/// Sets that number wherever it stands.
void sayLayers(nlohmann::ordered_json& configuration, std::uint64_t layers);

}  // namespace mergarium
