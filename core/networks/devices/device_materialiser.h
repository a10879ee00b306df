#pragma once

#include "core/genome/recipe.h"
#include "core/networks/devices/device_founders.h"

#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace mergarium {

/// Makes models of recipes where they are scored, in libtorch's operators: what materializeAll and materializeAllAs
/// (core/genome/materialize.h) make, to the bit, without a copy of the model in the host's memory. One thread at a
/// time.
class DeviceMaterialiser {
public:
    explicit DeviceMaterialiser(std::shared_ptr<const DeviceFounders> founders);

    /// Writes the D numbers of a recipe to the beginning of `flat`: contiguous, on the founders' device, of any
    /// floating type that a network has. Products and sums are fp32, founder by founder, rounded once to the type.
    void materialise(const Recipe& recipe, const torch::Tensor& flat);

private:
    void materialiseSpans(const Recipe& recipe, const torch::Tensor& flat);
    void materialiseGenes(const Recipe& recipe, const torch::Tensor& flat);
    /// At most what can be shown at a time, and within one segment of each founder.
    std::uint64_t shownFrom(std::span<const std::size_t> founders, std::uint64_t begin, std::uint64_t end) const;

    std::shared_ptr<const DeviceFounders> founders_;
    FounderStream stream_;
};

}  // namespace mergarium
