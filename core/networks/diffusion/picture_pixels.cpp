#include "core/networks/diffusion/picture_pixels.h"

#include <ATen/ATen.h>

namespace mergarium {

Image imageOf(const torch::Tensor& shares) {
    const auto bytes =
        at::nan_to_num(shares.squeeze(0)).mul(255.0).round().to(torch::kUInt8).permute({1, 2, 0}).contiguous().cpu();
    const auto* first = bytes.data_ptr<std::uint8_t>();
    return {.width = static_cast<std::size_t>(bytes.size(1)),
            .height = static_cast<std::size_t>(bytes.size(0)),
            .pixels = {first, first + bytes.numel()}};
}

}  // namespace mergarium
