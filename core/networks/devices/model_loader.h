#pragma once

#include "core/founders/founders.h"
#include "core/genome/genome.h"
#include "core/networks/devices/device_materialiser.h"

#include <torch/types.h>

#include <memory>
#include <optional>
#include <string>

namespace mergarium {

/// Where the models of a run are scored.
struct ScoringDevice {
    torch::Device torch;
    /// The founders there, for all networks on the device; null: models are made of the mapped files on the host.
    std::shared_ptr<const DeviceFounders> founders = nullptr;
    /// What a person should know of it, one sentence; mostly empty.
    std::string caution = {};
};

/// With founders on a GPU: resident where they leave room for `networks` bytes, else streamed. A device proves itself
/// before (compareRecipes): where it makes other models than the host, the host makes them. Throws as DeviceFounders
/// does.
ScoringDevice scoringDevice(torch::Device device, const FoundersPtr& founders, std::uint64_t networks);

/// Writes models into the flat buffer of a network, whatever device it is on. One thread at a time.
class ModelLoader {
public:
    /// `flat`: layout.extent() numbers. What is frozen in the founders' layout is written now, for it is the same in
    /// every model.
    ModelLoader(const Founders& founders, torch::Tensor flat, const ScoringDevice& device);

    void load(const Genome& genome);

private:
    torch::Tensor flat_;
    std::optional<DeviceMaterialiser> materialiser_;
};

}  // namespace mergarium
