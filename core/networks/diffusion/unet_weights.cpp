#include "core/networks/diffusion/unet_weights.h"

#include <fmt/format.h>

namespace mergarium {
namespace {

class UNetWalk {
public:
    UNetWalk(TensorVisitor& visitor, const UNetConfig& config)
        : visitor_(visitor), config_(config), timeWidth_(4 * config.levels.front().channels) {}

    void over(UNetWeights& to) const {
        const auto top = config_.levels.front().channels, bottom = config_.levels.back().channels;
        visitor_.linear("time_embedding.linear_1", timeWidth_, top, to.time1);
        visitor_.linear("time_embedding.linear_2", timeWidth_, timeWidth_, to.time2);
        if (config_.hasAdditional()) {
            visitor_.linear("add_embedding.linear_1", timeWidth_, config_.additionalWidth, to.additional1);
            visitor_.linear("add_embedding.linear_2", timeWidth_, timeWidth_, to.additional2);
        }
        visitor_.convolution("conv_in", top, config_.inChannels, 3, to.in);
        down(to);
        part("mid_block", 0, bottom, bottom, to.middle);
        transformer("mid_block", 0, bottom, config_.middleDepth, to.middle);
        part("mid_block", 1, bottom, bottom, to.middle);
        up(to);
        visitor_.norm("conv_norm_out", top, to.norm);
        visitor_.convolution("conv_out", config_.outChannels, top, 3, to.out);
    }

private:
    void down(UNetWeights& to) const {
        const auto count = config_.levels.size();
        to.down.resize(count);
        auto before = config_.levels.front().channels;
        for (std::size_t i = 0; i < count; ++i) {
            const auto& level = config_.levels[i];
            const auto name = fmt::format("down_blocks.{}", i);
            for (std::int64_t j = 0; j < config_.blocksPerLevel; ++j) {
                part(name, j, std::exchange(before, level.channels), level.channels, to.down[i]);
                transformer(name, j, level.channels, level.depth, to.down[i]);
            }
            if (i + 1 < count)
                visitor_.convolution(name + ".downsamplers.0.conv", level.channels, level.channels, 3,
                                     to.down[i].resampling);
        }
    }

    void up(UNetWeights& to) const {
        const auto count = config_.levels.size();
        to.up.resize(count);
        auto before = config_.levels.back().channels;
        for (std::size_t i = 0; i < count; ++i) {
            const auto level = count - 1 - i;
            const auto channels = config_.levels[level].channels;
            const auto name = fmt::format("up_blocks.{}", i);
            for (std::int64_t j = 0; j <= config_.blocksPerLevel; ++j) {
                // The last takes what went into the level on the way down.
                const bool isLast = j == config_.blocksPerLevel;
                const auto skipped = config_.levels[isLast && level > 0 ? level - 1 : level].channels;
                part(name, j, std::exchange(before, channels) + skipped, channels, to.up[i]);
                transformer(name, j, channels, config_.upDepths[level], to.up[i]);
            }
            if (level > 0)
                visitor_.convolution(name + ".upsamplers.0.conv", channels, channels, 3, to.up[i].resampling);
        }
    }

    void part(const std::string& name, std::int64_t index, std::int64_t inputs, std::int64_t outputs,
              UNetWeights::Level& to) const {
        to.residual.resize(std::max(to.residual.size(), static_cast<std::size_t>(index) + 1));
        ResidualBlock::visit(visitor_, fmt::format("{}.resnets.{}", name, index), inputs, outputs, timeWidth_,
                             to.residual[static_cast<std::size_t>(index)]);
    }

    void transformer(const std::string& of, std::int64_t index, std::int64_t width, std::int64_t depth,
                     UNetWeights::Level& to) const {
        if (depth == 0) return;
        to.transformers.resize(std::max(to.transformers.size(), static_cast<std::size_t>(index) + 1));
        auto& weights = to.transformers[static_cast<std::size_t>(index)];
        const auto name = fmt::format("{}.attentions.{}", of, index);
        visitor_.norm(name + ".norm", width, weights.norm);
        projection(name + ".proj_in", width, weights.in);
        weights.blocks.resize(static_cast<std::size_t>(depth));
        for (std::size_t i = 0; i < weights.blocks.size(); ++i)
            block(fmt::format("{}.transformer_blocks.{}", name, i), width, weights.blocks[i]);
        projection(name + ".proj_out", width, weights.out);
    }

    void projection(const std::string& name, std::int64_t width, Affine& to) const {
        if (config_.linearProjections)
            visitor_.linear(name, width, width, to);
        else
            visitor_.convolution(name, width, width, 1, to);
    }

    void block(const std::string& name, std::int64_t width, TransformerBlockWeights& to) const {
        visitor_.norm(name + ".norm1", width, to.norm1);
        attention(name + ".attn1", width, width, to.self);
        visitor_.norm(name + ".norm2", width, to.norm2);
        attention(name + ".attn2", width, config_.contextWidth, to.cross);
        visitor_.norm(name + ".norm3", width, to.norm3);
        visitor_.linear(name + ".ff.net.0.proj", 8 * width, width, to.gateAndValue);
        visitor_.linear(name + ".ff.net.2", width, 4 * width, to.down);
    }

    void attention(const std::string& name, std::int64_t width, std::int64_t from, AttentionWeights& to) const {
        visitor_.linear(name + ".to_q", width, width, to.queries, false);
        visitor_.linear(name + ".to_k", width, from, to.keys, false);
        visitor_.linear(name + ".to_v", width, from, to.values, false);
        visitor_.linear(name + ".to_out.0", width, width, to.output);
    }

    TensorVisitor& visitor_;
    const UNetConfig& config_;
    std::int64_t timeWidth_;
};

}  // namespace

void UNetWeights::visit(TensorVisitor& visitor, const UNetConfig& config, UNetWeights& to) {
    UNetWalk(visitor, config).over(to);
}

Layout unetLayout(const UNetConfig& config, const std::string& prefix) {
    LayoutOf list(prefix);
    UNetWeights none;
    UNetWeights::visit(list, config, none);
    return std::move(list.layout);
}

}  // namespace mergarium
