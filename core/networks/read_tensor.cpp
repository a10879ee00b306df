#include "core/networks/read_tensor.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <cstring>

namespace mergarium {
namespace {

/// Elements that one thread converts at a time.
constexpr std::int64_t kChunk = 1 << 16;

void readFloats(const TensorDescription& tensor, const std::byte* bytes, float* to) {
    at::parallel_for(0, static_cast<std::int64_t>(tensor.count), kChunk, [&](std::int64_t begin, std::int64_t end) {
        const auto* from = bytes + static_cast<std::size_t>(begin) * sizeOf(tensor.dtype);
        toFloats(tensor.dtype, from, {to + begin, static_cast<std::size_t>(end - begin)});
    });
}

}  // namespace

void readTensor(const TensorDescription& tensor, const std::byte* bytes, torch::Tensor part) {
    const bool isSingle = part.scalar_type() == torch::kFloat32;
    if (part.is_cpu() && isSingle) return readFloats(tensor, bytes, part.data_ptr<float>());
    // bf16 goes as it is; anything else is converted first.
    const bool asIs = tensor.dtype == DType::BF16 && !isSingle;
    if (part.is_cpu() && asIs) {
        std::memcpy(part.data_ptr(), bytes, tensor.byteSize());
        return;
    }
    const auto host = at::empty(part.sizes(), asIs ? torch::kBFloat16 : torch::kFloat32);
    if (asIs)
        std::memcpy(host.data_ptr(), bytes, tensor.byteSize());
    else
        readFloats(tensor, bytes, host.data_ptr<float>());
    part.copy_(host);
}

}  // namespace mergarium
