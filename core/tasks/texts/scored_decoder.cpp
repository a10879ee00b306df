#include "core/tasks/texts/scored_decoder.h"

#include <torch/torch.h>

#include <vector>

namespace mergarium {

ScoredDecoder::ScoredDecoder(const DecoderConfig& config, const Founders& founders, torch::Device device,
                             WeightPrecision precision)
    : network_(config, founders.layout(), device, Decoder::Kernels::Best,
               precision == WeightPrecision::BFloat16 ? Decoder::WeightType::BF16 : Decoder::WeightType::Device) {
    const auto begin = founders.length();
    std::vector<float> frozen(founders.layout().extent() - begin);
    if (frozen.empty()) return;
    founders.read(0, begin, frozen);
    network_.flat()
        .narrow(0, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(frozen.size()))
        .copy_(torch::tensor(frozen));
}

void ScoredDecoder::load(const Genome& genome) {
    const auto& flat = network_.flat();
    if (flat.is_cpu() && flat.scalar_type() == torch::kBFloat16) {
        genome.materializeAs(DType::BF16, static_cast<std::byte*>(flat.data_ptr()));
    } else if (flat.is_cpu()) {
        genome.materialize(network_.parameters().first(genome.length()));
    } else {
        auto host = torch::empty({static_cast<std::int64_t>(genome.length())}, torch::kFloat32);
        genome.materialize({host.data_ptr<float>(), genome.length()});
        flat.narrow(0, 0, host.numel()).copy_(host);
    }
}

}  // namespace mergarium
