#pragma once

#include "core/diffusion/pipeline_config.h"

#include <span>
#include <string_view>

namespace mergarium {

/// What people call schedulers: "euler", "euler-ancestral", "ddim", "dpm++-2m", "dpm++-2m-karras", "pndm".
std::span<const std::string_view> schedulerNames();

/// The scheduler of a name for a model whose own is `own`: betas, prediction, spacing and offset stay the model's, as
/// diffusers' from_config keeps them; the rest is as Stable Diffusion's own configurations have it, clean latents
/// unclamped. An empty name is the own one. Throws std::runtime_error for names that are none.
SchedulerConfig schedulerNamed(std::string_view name, const SchedulerConfig& own);

}  // namespace mergarium
