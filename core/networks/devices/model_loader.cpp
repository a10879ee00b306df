#include "core/networks/devices/model_loader.h"

#include "core/networks/device.h"
#include "core/networks/devices/examine_device.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace mergarium {
namespace {

/// Numbers that are copied to a device at a time: a model need not lie in the host's memory as a whole.
constexpr std::uint64_t kPiece = 1 << 22;

void writeFrozen(const Founders& founders, const torch::Tensor& flat) {
    std::vector<float> numbers;
    const auto end = founders.layout().extent();
    for (auto begin = founders.length(); begin < end; begin += numbers.size()) {
        numbers.resize(std::min(kPiece, end - begin));
        founders.read(0, begin, numbers);
        const auto count = static_cast<std::int64_t>(numbers.size());
        flat.narrow(0, static_cast<std::int64_t>(begin), count)
            .copy_(at::from_blob(numbers.data(), {count}, torch::kFloat32));
    }
}

}  // namespace

ScoringDevice scoringDevice(torch::Device device, const FoundersPtr& founders, std::uint64_t networks) {
    if (device.is_cpu()) return {.torch = device};
    if (const auto proof = compareRecipes(device); !proof.agrees)
        return {.torch = device,
                .caution = fmt::format("Models are made on the host and copied, for the device makes others: {}",
                                       proof.found)};
    const auto free = freeMemoryOf(device);
    const bool fit = free && DeviceFounders::byteSize(*founders) + networks <= *free;
    const auto place = fit ? DeviceFounders::Place::Resident : DeviceFounders::Place::Streamed;
    return {.torch = device, .founders = std::make_shared<const DeviceFounders>(founders, device, place)};
}

ModelLoader::ModelLoader(const Founders& founders, torch::Tensor flat, const ScoringDevice& device)
    : flat_(std::move(flat)) {
    if (device.founders) materialiser_.emplace(device.founders);
    writeFrozen(founders, flat_);
}

void ModelLoader::load(const Genome& genome) {
    const auto length = static_cast<std::int64_t>(genome.length());
    if (materialiser_ && genome.recipe()) {
        materialiser_->materialise(*genome.recipe(), flat_);
    } else if (flat_.is_cpu() && flat_.scalar_type() == torch::kBFloat16) {
        genome.materializeAs(DType::BF16, static_cast<std::byte*>(flat_.data_ptr()));
    } else if (flat_.is_cpu()) {
        genome.materialize({flat_.data_ptr<float>(), genome.length()});
    } else {
        const auto host = at::empty({length}, torch::kFloat32);
        genome.materialize({host.data_ptr<float>(), genome.length()});
        flat_.narrow(0, 0, length).copy_(host);
    }
}

}  // namespace mergarium
