#pragma once

#include "core/networks/diffusion/scheduler_tables.h"

#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mergarium {

/// Takes noisy latents step by step to clean ones, as diffusers' schedulers do: Euler and ancestral Euler (Karras et
/// al. 2022), DDIM (Song et al. 2021), DPM++ 2M (Lu et al. 2022) and PNDM (Liu et al. 2022). Remembers what was
/// predicted before, so one of them makes one picture, or several side by side; latents are fp32 of any shape, on any
/// device.
class Scheduler {
public:
    /// Throws as schedulerTables does.
    Scheduler(const SchedulerConfig& config, std::int64_t steps);

    const SchedulerTables& tables() const { return tables_; }
    /// Passes through the network.
    std::size_t passes() const { return tables_.timesteps.size(); }
    /// What the network is to see of the latents before pass `pass`.
    torch::Tensor scaled(const torch::Tensor& latents, std::size_t pass) const;
    /// Whether step() of this pass wants standard normal noise.
    bool wantsNoise(std::size_t pass) const;

    struct Step {
        torch::Tensor latents;
        /// What the network takes the clean latents to be.
        torch::Tensor clean;
    };
    /// `pass`: from 0, each once, in order. `output` is what the network predicts for scaled(latents, pass); `noise`,
    /// of the latents' shape, where it is wanted.
    Step step(std::size_t pass, const torch::Tensor& latents, const torch::Tensor& output,
              const torch::Tensor& noise = {});

private:
    Step eulerStep(std::size_t pass, const torch::Tensor& latents, const torch::Tensor& output,
                   const torch::Tensor& noise) const;
    Step ddimStep(std::size_t pass, const torch::Tensor& latents, const torch::Tensor& output,
                  const torch::Tensor& noise) const;
    Step solverStep(std::size_t pass, const torch::Tensor& latents, const torch::Tensor& output,
                    const torch::Tensor& noise);
    Step pndmStep(std::size_t pass, const torch::Tensor& latents, const torch::Tensor& output);
    torch::Tensor pndmLatents(std::int64_t from, std::int64_t to, const torch::Tensor& latents,
                              const torch::Tensor& output) const;

    SchedulerConfig config_;
    SchedulerTables tables_;
    /// Of DPM++ 2M what was taken to be clean, of PNDM the network's outputs; the latest last.
    std::vector<torch::Tensor> history_;
    /// Of PNDM: where a step of several passes began, and what they add up to.
    torch::Tensor begun_, sum_;
};

}  // namespace mergarium
