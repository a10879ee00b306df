#include "core/networks/decoder/library_blocks.h"
#include "core/networks/decoder/library_mixers.h"

#include <ATen/ATen.h>

namespace mergarium {
namespace {

/// heads [tokens, heads, n] times matrices [heads, n, m]: [tokens, heads, m].
torch::Tensor headByHead(const torch::Tensor& heads, const torch::Tensor& matrices) {
    return heads.transpose(0, 1).matmul(matrices).transpose(0, 1);
}

}  // namespace

// The products that make keys and values are moved to where queries and results are (section 2.1.2 there): then all
// heads see one key per token, the small vector itself with the rotated part behind it, and it is its own value.
torch::Tensor mixed(const LatentAttention& mixer, const LayerPass& pass, const torch::Tensor& states) {
    const auto& weights = pass.weights.latent;
    const NormConfig norm{.epsilon = mixer.epsilon};
    const auto queryStates = weights.queryLatent.weight.defined()
                                 ? normalised(product(weights.queryLatent, states), norm, weights.queryNorm)
                                 : states;
    const auto queries = product(weights.queries, queryStates).view({states.size(0), pass.config.heads, -1});
    const auto keyLatent = product(weights.keyLatent, states);
    const auto keys = at::cat({normalised(keyLatent.narrow(-1, 0, mixer.keyRank), norm, weights.keyNorm).unsqueeze(1),
                               rotated(keyLatent.narrow(-1, mixer.keyRank, mixer.rotatedSize).unsqueeze(1), pass)},
                              -1);
    auto& cached = pass.cache.keys[pass.index];
    cached.flatten(0, 1).index_copy_(0, pass.batch.places, keys);

    const auto made =
        weights.keysAndValues.weight.to(states.scalar_type()).view({pass.config.heads, -1, mixer.keyRank});
    const auto keyMatrices = made.narrow(1, 0, mixer.plainSize);
    const auto valueMatrices = made.narrow(1, mixer.plainSize, mixer.valueSize);
    const auto moved = at::cat({headByHead(queries.narrow(-1, 0, mixer.plainSize), keyMatrices),
                                rotated(queries.narrow(-1, mixer.plainSize, mixer.rotatedSize), pass)},
                               -1);
    const auto found = attended(moved, cached, cached.narrow(-1, 0, mixer.keyRank), pass);
    return headByHead(found, valueMatrices.transpose(1, 2)).flatten(1);
}

void makeRoom(const LatentAttention& mixer, std::size_t layer, const DecoderConfig&,
              const torch::TensorOptions& options, KeyValueCache& cache) {
    cache.keys[layer] = at::zeros({cache.slots, cache.capacity, 1, mixer.keyRank + mixer.rotatedSize}, options);
}

}  // namespace mergarium
