#include "core/networks/diffusion/vae_tiles.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>

#include <algorithm>
#include <vector>

namespace mergarium {
namespace {

/// `tile` with its first pixels along `axis` going over from the last ones of the tile before it.
torch::Tensor goneOver(const torch::Tensor& before, const torch::Tensor& tile, std::int64_t pixels, std::int64_t axis) {
    const auto count = std::min({before.size(axis), tile.size(axis), pixels});
    std::vector<std::int64_t> shape(4, 1);
    shape[static_cast<std::size_t>(axis)] = count;
    const auto share = (at::arange(count, tile.options()) / static_cast<double>(count)).view(shape);
    const auto mixed =
        before.narrow(axis, before.size(axis) - count, count) * (1 - share) + tile.narrow(axis, 0, count) * share;
    return at::cat({mixed, tile.narrow(axis, count, tile.size(axis) - count)}, axis);
}

}  // namespace

torch::Tensor decodedInTiles(const torch::Tensor& latents, const VaeTiles& tiles,
                             const std::function<torch::Tensor(const torch::Tensor&)>& decode) {
    const auto height = latents.size(2), width = latents.size(3);
    const auto step = std::max<std::int64_t>(tiles.side * 3 / 4, 1);
    const auto blended = tiles.side * tiles.factor / 4, kept = tiles.side * tiles.factor - blended;
    const auto most = [&](const torch::Tensor& x, std::int64_t axis) {
        return x.narrow(axis, 0, std::min(kept, x.size(axis)));
    };
    std::vector<torch::Tensor> rows, above;
    for (std::int64_t top = 0; top < height; top += step) {
        std::vector<torch::Tensor> row, parts;
        for (std::int64_t left = 0; left < width; left += step) {
            auto tile = decode(latents.narrow(2, top, std::min(tiles.side, height - top))
                                   .narrow(3, left, std::min(tiles.side, width - left)));
            if (top > 0) tile = goneOver(above[row.size()], tile, blended, 2);
            if (left > 0) tile = goneOver(row.back(), tile, blended, 3);
            row.push_back(tile);
            parts.push_back(most(most(tile, 2), 3));
        }
        rows.push_back(at::cat(parts, 3));
        above = std::move(row);
    }
    return at::cat(rows, 2);
}

}  // namespace mergarium
