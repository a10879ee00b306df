#include "core/networks/diffusion/vae_weights.h"

#include <fmt/format.h>

#include <utility>

namespace mergarium {
namespace {

class VaeWalk {
public:
    VaeWalk(TensorVisitor& visitor, const VaeConfig& config) : visitor_(visitor), config_(config) {}

    void over(VaeWeights& to) const {
        const auto latent = config_.latentChannels;
        encoder(to.encoder);
        if (config_.quantConvolution) visitor_.convolution("quant_conv", 2 * latent, 2 * latent, 1, to.quant);
        if (config_.postQuantConvolution) visitor_.convolution("post_quant_conv", latent, latent, 1, to.postQuant);
        decoder(to.decoder);
    }

private:
    void encoder(VaeWeights::Half& to) const {
        const auto top = config_.levels.front(), bottom = config_.levels.back();
        visitor_.convolution("encoder.conv_in", top, config_.channels, 3, to.in);
        const auto count = config_.levels.size();
        to.levels.resize(count);
        auto before = top;
        for (std::size_t i = 0; i < count; ++i) {
            const auto name = fmt::format("encoder.down_blocks.{}", i);
            residual(name, config_.blocksPerLevel, std::exchange(before, config_.levels[i]), config_.levels[i],
                     to.levels[i]);
            if (i + 1 < count)
                visitor_.convolution(name + ".downsamplers.0.conv", config_.levels[i], config_.levels[i], 3,
                                     to.levels[i].resampling);
        }
        middle("encoder.mid_block", bottom, to.middle);
        visitor_.norm("encoder.conv_norm_out", bottom, to.norm);
        visitor_.convolution("encoder.conv_out", 2 * config_.latentChannels, bottom, 3, to.out);
    }

    void decoder(VaeWeights::Half& to) const {
        const auto top = config_.levels.front(), bottom = config_.levels.back();
        visitor_.convolution("decoder.conv_in", bottom, config_.latentChannels, 3, to.in);
        middle("decoder.mid_block", bottom, to.middle);
        const auto count = config_.levels.size();
        to.levels.resize(count);
        auto before = bottom;
        for (std::size_t i = 0; i < count; ++i) {
            const auto channels = config_.levels[count - 1 - i];
            const auto name = fmt::format("decoder.up_blocks.{}", i);
            residual(name, config_.blocksPerLevel + 1, std::exchange(before, channels), channels, to.levels[i]);
            if (i + 1 < count)
                visitor_.convolution(name + ".upsamplers.0.conv", channels, channels, 3, to.levels[i].resampling);
        }
        visitor_.norm("decoder.conv_norm_out", top, to.norm);
        visitor_.convolution("decoder.conv_out", config_.channels, top, 3, to.out);
    }

    void residual(const std::string& name, std::int64_t blocks, std::int64_t inputs, std::int64_t outputs,
                  VaeWeights::Level& to) const {
        to.residual.resize(static_cast<std::size_t>(blocks));
        for (std::size_t i = 0; i < to.residual.size(); ++i)
            ResidualBlock::visit(visitor_, fmt::format("{}.resnets.{}", name, i), i == 0 ? inputs : outputs, outputs, 0,
                                 to.residual[i]);
    }

    void middle(const std::string& name, std::int64_t channels, VaeWeights::Middle& to) const {
        ResidualBlock::visit(visitor_, name + ".resnets.0", channels, channels, 0, to.first);
        if (config_.middleAttention) {
            const auto attention = name + ".attentions.0";
            visitor_.norm(attention + ".group_norm", channels, to.norm);
            visitor_.linear(attention + ".to_q", channels, channels, to.queries);
            visitor_.linear(attention + ".to_k", channels, channels, to.keys);
            visitor_.linear(attention + ".to_v", channels, channels, to.values);
            visitor_.linear(attention + ".to_out.0", channels, channels, to.output);
        }
        ResidualBlock::visit(visitor_, name + ".resnets.1", channels, channels, 0, to.second);
    }

    TensorVisitor& visitor_;
    const VaeConfig& config_;
};

}  // namespace

void VaeWeights::visit(TensorVisitor& visitor, const VaeConfig& config, VaeWeights& to) {
    VaeWalk(visitor, config).over(to);
}

Layout vaeLayout(const VaeConfig& config, const std::string& prefix) {
    LayoutOf list(prefix);
    VaeWeights none;
    VaeWeights::visit(list, config, none);
    return std::move(list.layout);
}

}  // namespace mergarium
