#include "core/networks/diffusion/denoising.h"

#include "core/networks/diffusion/picture_noise.h"

#include <ATen/ATen.h>

#include <utility>
#include <vector>

namespace mergarium {
namespace {

/// All negative halves, then all others.
torch::Tensor halvesOf(std::span<const DenoisingPiece> pieces, torch::Tensor DenoisingPiece::*part) {
    if (!(pieces.front().*part).defined()) return {};
    std::vector<torch::Tensor> rows;
    for (std::int64_t half = 0; half < pieces.front().context.size(0); ++half)
        for (const auto& piece : pieces) rows.push_back((piece.*part).narrow(0, half, 1));
    return at::cat(rows, 0);
}

torch::Tensor drawnAnew(std::span<const DenoisingPiece> pieces, std::size_t pass) {
    std::vector<torch::Tensor> rows;
    for (const auto& piece : pieces) {
        const auto numbers = pictureNoise(piece.seed, pass + 1, static_cast<std::size_t>(piece.noise.numel()));
        rows.push_back(at::tensor(numbers).view(piece.noise.sizes()).to(piece.noise.device()));
    }
    return at::cat(rows, 0);
}

void tellTables(const SchedulerTables& tables, const PassObserver& observer) {
    const auto asTensor = [](const auto& numbers, at::ScalarType type) {
        return at::tensor(std::vector<double>(numbers.begin(), numbers.end()), torch::kFloat64).to(type);
    };
    observer("timesteps", asTensor(tables.timesteps, tables.whole ? torch::kInt64 : torch::kFloat32));
    observer("init_noise_sigma", asTensor(std::vector{tables.initialNoise}, torch::kFloat32));
    if (!tables.sigmas.empty()) observer("sigmas", asTensor(tables.sigmas, torch::kFloat32));
    if (tables.alphas.empty()) return;
    observer("alphas_cumprod", asTensor(tables.alphas, torch::kFloat32));
    observer("alphas_cumprod_prev", asTensor(tables.previousAlphas, torch::kFloat32));
}

}  // namespace

torch::Tensor denoised(const UNet& unet, Scheduler scheduler, std::span<const DenoisingPiece> pieces,
                       const std::function<void()>& passed, const PassObserver& observer) {
    const auto& tables = scheduler.tables();
    std::vector<torch::Tensor> noises;
    std::vector<float> guidances;
    for (const auto& piece : pieces) {
        noises.push_back(piece.noise);
        guidances.push_back(static_cast<float>(piece.guidance));
    }
    auto latents = at::cat(noises, 0) * tables.initialNoise;
    const auto guidance = at::tensor(guidances).view({-1, 1, 1, 1}).to(latents.device());
    const auto context = halvesOf(pieces, &DenoisingPiece::context);
    const auto pooled = halvesOf(pieces, &DenoisingPiece::pooled);
    const auto sizes = halvesOf(pieces, &DenoisingPiece::sizes);
    const bool guided = pieces.front().context.size(0) > 1;
    if (observer) tellTables(tables, observer);
    for (std::size_t pass = 0; pass < scheduler.passes(); ++pass) {
        const auto tell = [&](const char* name, const torch::Tensor& value) {
            if (observer) observer(name + std::to_string(pass), value);
        };
        const auto seen = scheduler.scaled(latents, pass);
        const auto input = guided ? at::cat({seen, seen}, 0) : seen;
        tell("unet_in.", input);
        Observer inner;
        if (observer && pass == 0)
            inner = [&](const std::string& name, const torch::Tensor& value) { observer("block." + name, value); };
        const auto output = unet.forward({.latents = input.to(context.scalar_type()),
                                          .timesteps = {tables.timesteps[pass]},
                                          .context = context,
                                          .pooled = pooled,
                                          .sizes = sizes},
                                         inner)
                                .to(torch::kFloat32);
        tell("unet_out.", output);
        auto predicted = output;
        if (guided) {
            const auto halves = output.chunk(2, 0);
            predicted = halves[0] + guidance * (halves[1] - halves[0]);
        }
        tell("noise_pred.", predicted);
        const auto noise = scheduler.wantsNoise(pass) ? drawnAnew(pieces, pass) : torch::Tensor();
        const auto step = scheduler.step(pass, latents, predicted, noise);
        latents = step.latents;
        tell("latents.", latents);
        tell("pred_x0.", step.clean);
        passed();
    }
    return latents;
}

}  // namespace mergarium
