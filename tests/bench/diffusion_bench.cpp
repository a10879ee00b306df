// How near a U-Net's pass comes to the products and convolutions that it can't do without. One run measures, in turn
// and several times over: a step of the network, and libtorch's bare products and convolutions of the same sizes.
// Medians are compared. The weights are random, so nothing is downloaded.
#include "core/networks/diffusion/unet.h"
#include "core/startup/tuned_libraries.h"
#include "tests/bench/measuring.h"
#include "tests/bench/options.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <functional>
#include <vector>

using namespace mergarium;
using namespace mergarium::bench;

namespace {

struct Sizes {
    std::int64_t batch = 2, side = 64, tokens = 77;
};

/// As Stable Diffusion 1.5 has it, with channels divided by a number.
UNetConfig stableDiffusion(std::int64_t divisor) {
    const auto level = [&](std::int64_t channels, std::int64_t depth) {
        return UNetConfig::Level{.channels = channels / divisor, .heads = 8, .depth = depth};
    };
    return {.levels = {level(320, 1), level(640, 1), level(1280, 1), level(1280, 0)}, .upDepths = {1, 1, 1, 0}};
}

/// The products and convolutions of one pass, each as one call of libtorch.
class BareOperations {
public:
    BareOperations(const UNetConfig& config, const Layout& layout, const torch::Tensor& flat, const Sizes& sizes)
        : config_(config), sizes_(sizes) {
        for (const auto& tensor : layout.tensors)
            if (tensor.shape.size() > 1)
                add(tensor.name,
                    flat.narrow(0, static_cast<std::int64_t>(tensor.begin), static_cast<std::int64_t>(tensor.count))
                        .view(tensor.shape));
    }

    double run() const {
        double seconds = 0.0;
        for (const auto& operation : operations_) seconds += operation();
        return seconds;
    }

private:
    void add(const std::string& name, const torch::Tensor& weight) {
        const auto has = [&](const char* part) { return name.find(part) != name.npos; };
        const auto count = static_cast<std::int64_t>(config_.levels.size());
        const auto number = [&](const char* part) -> std::int64_t {
            return name[name.find(part) + std::string(part).size()] - '0';
        };
        std::int64_t level = 0;
        if (has("down_blocks.")) level = number("down_blocks.");
        if (has("mid_block.")) level = count - 1;
        if (has("up_blocks.")) level = count - 1 - number("up_blocks.");
        if (has("upsamplers.")) --level;
        const auto side = sizes_.side >> level, heads = config_.levels[static_cast<std::size_t>(level)].heads;
        const bool isOfTime = has("time_emb"), isOfText = has("attn2.to_k") || has("attn2.to_v");
        const auto tokens = isOfTime ? 1 : isOfText ? sizes_.tokens : side * side;
        if (weight.dim() == 4)
            convolution(weight, side, has("downsamplers.") ? 2 : 1);
        else
            product(weight, isOfTime ? 1 : sizes_.batch * tokens);
        if (has("to_q"))
            attention(side * side, has("attn1") ? side * side : sizes_.tokens, heads, weight.size(0) / heads);
    }

    void convolution(const torch::Tensor& weight, std::int64_t side, std::int64_t step) {
        operations_.push_back([=, batch = sizes_.batch] {
            const auto picture = at::randn({batch, weight.size(1), side, side});
            const auto margin = weight.size(2) / 2;
            return secondsOf([&] { at::conv2d(picture, weight, {}, {step, step}, {margin, margin}); });
        });
    }

    void product(const torch::Tensor& weight, std::int64_t tokens) {
        operations_.push_back([=] {
            const auto inputs = at::randn({tokens, weight.size(1)});
            return secondsOf([&] { at::mm(inputs, weight.t()); });
        });
    }

    void attention(std::int64_t tokens, std::int64_t others, std::int64_t heads, std::int64_t size) {
        operations_.push_back([=, batch = sizes_.batch] {
            const auto queries = at::randn({1, tokens, size}), keys = at::randn({1, others, size});
            auto scores = at::empty({1, tokens, others}), results = at::empty({1, tokens, size});
            return secondsOf([&] {
                for (std::int64_t head = 0; head < batch * heads; ++head) {
                    at::bmm_out(scores, queries, keys.transpose(1, 2));
                    at::bmm_out(results, scores, keys);
                }
            });
        });
    }

    const UNetConfig& config_;
    Sizes sizes_;
    std::vector<std::function<double()>> operations_;
};

}  // namespace

int main(int argc, char** argv) {
    restartWithTunedLibraries(argv);
    int rounds = 3, threads = 2;
    std::int64_t divisor = 1;
    Sizes sizes;
    bench::Options("A U-Net against bare products and convolutions")
        .add("--rounds", &rounds)
        .add("--threads", &threads)
        .add("--batch", &sizes.batch)
        .add("--side", &sizes.side, "Latents of a side")
        .add("--divisor", &divisor, "Of all channels of Stable Diffusion 1.5")
        .read(argc, argv);
    at::set_num_threads(threads);
    const c10::InferenceMode inference;
    const auto config = stableDiffusion(divisor);
    const auto layout = unetLayout(config);
    const auto flat = at::empty({static_cast<std::int64_t>(layout.extent())}).normal_(0.0, 0.02);
    const UNet network(config, flat, layout);
    const BareOperations bare(config, layout, flat, sizes);
    const UNetInput input{.latents = at::randn({sizes.batch, 4, sizes.side, sizes.side}),
                          .timesteps = {500.0},
                          .context = at::randn({sizes.batch, sizes.tokens, config.contextWidth})};
    std::vector<double> ours, theirs;
    for (int round = 0; round < rounds; ++round) {
        ours.push_back(secondsOf([&] { network.forward(input); }));
        theirs.push_back(bare.run());
    }
    fmt::print("{:.0f} million parameters, {} latents of {} x {}, {} threads, medians of {} rounds\n",
               static_cast<double>(layout.length()) / 1e6, sizes.batch, sizes.side, sizes.side, threads, rounds);
    fmt::print("{:<44} {:>8.2f} s\n{:<44} {:>8.2f} s\n{:<44} {:>8.2f}\n", "bare products and convolutions (libtorch)",
               median(theirs), "a step", median(ours), "x bare", median(ours) / median(theirs));
    return 0;
}
