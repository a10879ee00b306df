#pragma once

#include "core/checkpoint/layout.h"
#include "core/families/decoder_config.h"
#include "core/kernels/packed_tokens.h"
#include "core/networks/decoder/decoder_weights.h"
#include "core/networks/decoder/rotary.h"

#include <torch/types.h>

#include <memory>
#include <span>
#include <vector>

namespace mergarium {

class FusedDecoder;

/// A language model of any family that is known (core/families). Its tensors are views into one flat buffer in the
/// order of a layout, fp32 on the CPU and bf16 on a GPU, so writing the buffer is loading the model. One thread at a
/// time.
class Decoder {
public:
    enum class Kernels : std::uint8_t {
        /// Our own on the CPU where they compute the family (FusedDecoder), with a text's results the same to the bit
        /// whatever it is batched with; else libtorch's.
        Best,
        /// libtorch's, on any device.
        Library,
    };

    enum class WeightType : std::uint8_t {
        /// fp32 on the CPU, bf16 on a GPU.
        Device,
        /// Half the memory; on the CPU they are widened as they are read, and computed with in fp32 as ever.
        BF16,
    };

    /// Throws std::runtime_error naming the tensor that the layout lacks, has in another shape, or that is unknown to
    /// the network. Names are as in Hugging Face's folders; their order in the layout is free.
    Decoder(DecoderConfig config, Layout layout, torch::Device device, Kernels kernels = Kernels::Best,
            WeightType weights = WeightType::Device);
    ~Decoder();
    Decoder(Decoder&&) noexcept;

    /// All tensors as Hugging Face names them, in depth order: embedding, layers, norm, and the head unless tied.
    static Layout layout(const DecoderConfig& config) { return decoderLayout(config); }

    const DecoderConfig& config() const { return config_; }
    /// Whether results are those of our own kernels, and with them a text's the same whatever it is batched with.
    bool usesOwnKernels() const { return fused_ != nullptr; }
    /// As it was given.
    const Layout& parameterLayout() const { return layout_; }
    /// All elements, layout.extent() of them. The span is the network's own memory, for fp32 on the CPU only.
    const torch::Tensor& flat() const { return flat_; }
    std::span<float> parameters();

    /// For texts of up to `capacity` tokens.
    KeyValueCache cache(std::int64_t slots, std::int64_t capacity) const;

    /// Feeds pieces, each of a different slot, to the network and into the cache. Logits and log-probabilities are
    /// computed only where asked for. Throws std::invalid_argument for tokens outside the vocabulary and texts beyond
    /// the cache.
    PieceResults forward(std::span<const Piece> pieces, KeyValueCache& cache) const;

private:
    DecoderConfig config_;
    Layout layout_;
    std::vector<Rotary> ropes_;
    torch::Tensor flat_;
    DecoderWeights weights_;
    /// Absent where libtorch's kernels are in use.
    std::unique_ptr<FusedDecoder> fused_;
};

}  // namespace mergarium
