// Part of the networks module.
#include "core/tasks/flat_buffer.h"

#include <torch/torch.h>

#include <vector>

namespace mergarium {

void writeFrozen(const Founders& founders, const torch::Tensor& flat) {
    const auto begin = founders.length();
    std::vector<float> frozen(founders.layout().extent() - begin);
    if (frozen.empty()) return;
    founders.read(0, begin, frozen);
    const auto count = static_cast<std::int64_t>(frozen.size());
    flat.narrow(0, static_cast<std::int64_t>(begin), count).copy_(torch::from_blob(frozen.data(), {count}));
}

void writeGenome(const Genome& genome, const torch::Tensor& flat) {
    if (flat.is_cpu() && flat.scalar_type() == torch::kBFloat16) {
        genome.materializeAs(DType::BF16, static_cast<std::byte*>(flat.data_ptr()));
    } else if (flat.is_cpu()) {
        genome.materialize({flat.data_ptr<float>(), genome.length()});
    } else {
        auto host = torch::empty({static_cast<std::int64_t>(genome.length())}, torch::kFloat32);
        genome.materialize({host.data_ptr<float>(), genome.length()});
        flat.narrow(0, 0, host.numel()).copy_(host);
    }
}

}  // namespace mergarium
