#include "core/networks/decoder/decoder.h"

#include "core/founders/network_names.h"
#include "core/networks/decoder/fused_decoder.h"
#include "core/networks/decoder/library_decoder.h"

#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <set>
#include <stdexcept>

namespace mergarium {
namespace {

torch::Tensor bufferOn(torch::Device device, const Layout& layout, Decoder::WeightType weights) {
    const bool single = device.is_cpu() && weights != Decoder::WeightType::BF16;
    return at::zeros({static_cast<std::int64_t>(layout.extent())},
                     torch::TensorOptions().device(device).dtype(single ? torch::kFloat32 : torch::kBFloat16));
}

void check(std::span<const Piece> pieces, const DecoderConfig& config, const KeyValueCache& cache) {
    std::set<std::int64_t> slots;
    for (const auto& piece : pieces) {
        const auto end = piece.position + static_cast<std::int64_t>(piece.tokens.size());
        if (piece.tokens.empty()) throw std::invalid_argument("A piece of a text holds no token.");
        if (piece.targets.size() > piece.tokens.size())
            throw std::invalid_argument("A piece of a text asks for more log-probabilities than it holds tokens.");
        if (piece.slot < 0 || piece.slot >= cache.slots || !slots.insert(piece.slot).second)
            throw std::invalid_argument("Pieces of texts need a row of the cache each.");
        if (piece.position < 0 || end > cache.capacity || end > config.context)
            throw std::invalid_argument(
                fmt::format("A text of {} tokens is longer than the cache of {} or the model's context of {}.", end,
                            cache.capacity, config.context));
        for (const auto tokens : {piece.tokens, piece.targets})
            for (const auto token : tokens)
                if (token < 0 || token >= config.vocabulary)
                    throw std::invalid_argument(
                        fmt::format("The token {} lies outside the vocabulary of {}.", token, config.vocabulary));
    }
}

}  // namespace

Decoder::Decoder(DecoderConfig config, Layout layout, torch::Device device, Kernels kernels, WeightType weights)
    : config_(withNamesOf(std::move(config), layout)),
      layout_(std::move(layout)),
      ropes_(Rotary::allOf(config_)),
      flat_(bufferOn(device, layout_, weights)),
      weights_(DecoderWeights::in(flat_, config_, layout_)) {
    if (kernels == Kernels::Best && device.is_cpu() && FusedDecoder::computes(config_))
        fused_ = std::make_unique<FusedDecoder>(config_, ropes_, weights_);
}

Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;

std::span<float> Decoder::parameters() { return {flat_.data_ptr<float>(), static_cast<std::size_t>(flat_.numel())}; }

KeyValueCache Decoder::cache(std::int64_t slots, std::int64_t capacity) const {
    return fused_ ? fused_->cache(slots, capacity) : libraryCache(config_, flat_.options(), slots, capacity);
}

PieceResults Decoder::forward(std::span<const Piece> pieces, KeyValueCache& cache) const {
    check(pieces, config_, cache);
    const c10::InferenceMode inference;
    return fused_ ? fused_->forward(pieces, cache) : libraryForward(config_, ropes_, weights_, pieces, cache);
}

}  // namespace mergarium
