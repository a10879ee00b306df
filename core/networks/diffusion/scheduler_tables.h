#pragma once

#include "core/diffusion/pipeline_config.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mergarium {

/// A scheduler's numbers for so many steps, as diffusers computes them, in fp32 where it does.
struct SchedulerTables {
    /// Of every pass through the network; PNDM takes more passes than steps.
    std::vector<double> timesteps;
    /// Whether timesteps are whole numbers.
    bool whole = false;
    /// Of Euler and DPM++: one per pass and the last; else empty.
    std::vector<float> sigmas;
    /// Of DDIM and PNDM: the product of alphas at each pass, and what the step leads to; else empty.
    std::vector<float> alphas, previousAlphas;
    /// The first latents are standard normal noise times this.
    double initialNoise = 1.0;
    /// Of all training steps, the product of alphas up to each.
    std::vector<float> trained;
    /// Training steps between two of sampling.
    std::int64_t stride = 0;
    /// Of PNDM: passes of Runge and Kutta before those of linear multistep.
    std::size_t rungeKutta = 0;

    /// The product of alphas at a timestep; that behind the last one (SchedulerConfig::lastAlphaOne) for negative ones.
    float alphaAt(std::int64_t timestep) const { return timestep < 0 ? lastAlpha : trained.at(std::size_t(timestep)); }
    float lastAlpha = 1.0F;
};

/// Throws std::invalid_argument with one sentence where steps are not between 1 and what the training steps can be
/// divided into, or the configuration has none.
SchedulerTables schedulerTables(const SchedulerConfig& config, std::int64_t steps);

}  // namespace mergarium
