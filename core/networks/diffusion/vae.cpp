#include "core/networks/diffusion/vae.h"

#include "core/networks/diffusion/vae_tiles.h"

#include <ATen/ops/upsample_nearest2d.h>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

constexpr const char* kSourceOfVae = "The VAE";

/// As files of 2022 name its attention.
constexpr Spelling kSpellingsOf2022[] = {
    {".to_q.", ".query."}, {".to_k.", ".key."}, {".to_v.", ".value."}, {".to_out.0.", ".proj_attn."}};

TensorNames namesBehind(const std::string& prefix) { return {.prefix = prefix, .spellings = kSpellingsOf2022}; }

GroupNorm normOf(const VaeConfig& config) { return {.groups = config.groups, .epsilon = 1e-6}; }

torch::Tensor throughMiddle(torch::Tensor x, const VaeWeights::Middle& weights, const GroupNorm& norm,
                            const Trace& trace) {
    x = weights.first(x, {}, norm);
    if (weights.norm.weight.defined()) {
        const auto tokens = tokensOf(groupNorm(x, weights.norm, norm));
        const auto heads = attended(product(tokens, weights.queries), product(tokens, weights.keys),
                                    product(tokens, weights.values), 1);
        x = added(productAsPicture(heads, weights.output, x.size(2), x.size(3)), x);
        trace.at("attn.", 0)("", x);
    }
    x = weights.second(x, {}, norm);
    trace("", x);
    return x;
}

torch::Tensor throughLevel(torch::Tensor x, const VaeWeights::Level& weights, const GroupNorm& norm) {
    for (const auto& block : weights.residual) x = block(x, {}, norm);
    return x;
}

/// The norm, the activation and the convolution at the end of either half.
torch::Tensor outputOf(torch::Tensor x, const VaeWeights::Half& weights, const GroupNorm& norm, const Trace& trace) {
    x = groupNorm(x, weights.norm, norm);
    trace("conv_norm_out", x);
    return convolved(activated(x), weights.out);
}

torch::Tensor decoded(torch::Tensor x, const VaeWeights& weights, const VaeConfig& config, const Trace& trace) {
    const auto norm = normOf(config);
    if (weights.postQuant.weight.defined()) x = convolvedAlone(x, weights.postQuant);
    trace("post_quant_conv", x);
    const auto& half = weights.decoder;
    x = convolved(x, half.in);
    trace("conv_in", x);
    x = throughMiddle(x, half.middle, norm, trace.at("mid."));
    for (std::size_t i = 0; i < half.levels.size(); ++i) {
        x = throughLevel(x, half.levels[i], norm);
        if (half.levels[i].resampling.weight.defined())
            x = convolved(at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)}), half.levels[i].resampling);
        trace.at("up.", i)("", x);
    }
    return outputOf(x, half, norm, trace);
}

torch::Tensor encoded(torch::Tensor x, const VaeWeights& weights, const VaeConfig& config, const Trace& trace) {
    const auto norm = normOf(config);
    const auto& half = weights.encoder;
    x = convolved(x, half.in);
    trace("conv_in", x);
    for (std::size_t i = 0; i < half.levels.size(); ++i) {
        x = throughLevel(x, half.levels[i], norm);
        // Zeros on the right and below alone.
        if (half.levels[i].resampling.weight.defined())
            x = convolved(x, half.levels[i].resampling, {.step = 2, .before = 0, .after = 1});
        trace.at("down.", i)("", x);
    }
    x = throughMiddle(x, half.middle, norm, trace.at("mid."));
    x = outputOf(x, half, norm, trace);
    trace("out", x);
    return weights.quant.weight.defined() ? convolvedAlone(x, weights.quant) : x;
}

void checkLatents(const VaeConfig& config, const torch::Tensor& latents) {
    if (latents.dim() != 4 || latents.size(1) != config.latentChannels || latents.numel() == 0)
        throw std::invalid_argument(
            fmt::format("{} was given no latents of {} channels.", kSourceOfVae, config.latentChannels));
}

}  // namespace

Vae::Vae(VaeConfig config, const torch::Tensor& flat, const Layout& layout, const std::string& prefix)
    : config_(std::move(config)) {
    checkConfig(config_, kSourceOfVae);
    TensorsIn tensors(flat, layout, namesBehind(prefix));
    VaeWeights::visit(tensors, config_, weights_);
    tensors.finish(kSourceOfVae);
}

Vae::Vae(VaeConfig config, TensorVisitor& tensors) : config_(std::move(config)) {
    checkConfig(config_, kSourceOfVae);
    VaeWeights::visit(tensors, config_, weights_);
}

VaeWeights Vae::weights() const {
    auto single = weights_;
    InSingle widen;
    VaeWeights::visit(widen, config_, single);
    return single;
}

LatentDistribution Vae::encode(const torch::Tensor& pictures, const Observer& observer) const {
    const auto factor = config_.factor();
    if (pictures.dim() != 4 || pictures.size(1) != config_.channels || pictures.numel() == 0 ||
        pictures.size(2) % factor != 0 || pictures.size(3) % factor != 0)
        throw std::invalid_argument(
            fmt::format("{} was given no pictures of {} channels whose sides are multiples of "
                        "{}.",
                        kSourceOfVae, config_.channels, factor));
    const auto moments = encoded(pictures.to(torch::kFloat32), weights(), config_, Trace(observer));
    const auto halves = moments.chunk(2, 1);
    return {.mean = halves[0], .logarithm = halves[1].clamp(-30.0, 20.0)};
}

torch::Tensor Vae::decode(const torch::Tensor& latents, const Observer& observer) const {
    checkLatents(config_, latents);
    const auto whole = kWholeSide / config_.factor();
    if (std::max(latents.size(2), latents.size(3)) > whole) return decodeTiled(latents, whole);
    return decoded(latents.to(torch::kFloat32), weights(), config_, Trace(observer));
}

torch::Tensor Vae::decodeTiled(const torch::Tensor& latents, std::int64_t side) const {
    checkLatents(config_, latents);
    if (side < 4) throw std::invalid_argument(fmt::format("{} was asked for tiles of {} latents.", kSourceOfVae, side));
    const auto single = weights();
    const Observer none;
    const auto one = [&](const torch::Tensor& tile) { return decoded(tile, single, config_, Trace(none)); };
    const auto whole = latents.to(torch::kFloat32);
    if (std::max(whole.size(2), whole.size(3)) <= side) return one(whole);
    return decodedInTiles(whole, {.side = side, .factor = config_.factor()}, one);
}

void checkConfig(const VaeConfig& config, std::string_view source) {
    const auto require = [&](bool holds, std::string_view what) {
        if (!holds) throw std::runtime_error(fmt::format("{}: its configuration {}.", source, what));
    };
    require(!config.levels.empty() && config.levels.size() < 10, "has no levels, or too many");
    require(config.groups > 0 && config.blocksPerLevel > 0, "has no groups or no blocks");
    require(config.channels > 0 && config.latentChannels > 0, "has no channels");
    for (const auto channels : config.levels)
        require(channels > 0 && channels % config.groups == 0, "has channels that can't be divided into its groups");
}

void checkTensors(const VaeConfig& config, const Layout& layout, const std::string& prefix, std::string_view source) {
    checkConfig(config, source);
    TensorsIn tensors({}, layout, namesBehind(prefix));
    VaeWeights none;
    VaeWeights::visit(tensors, config, none);
    tensors.finish(source);
}

}  // namespace mergarium
