#pragma once

#include "core/diffusion/pipeline_config.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mergarium {

// What a component's configuration says, as diffusers and transformers write it. Keys that are missing mean what they
// do there; what would be computed otherwise and isn't supported is refused. `place` is the file for error messages:
// all of these throw std::runtime_error naming it and the key.

/// More levels, blocks of one kind in a row, channels, heads or positions than any network has would ask for memory
/// that no tensor has shown there is a need of.
inline constexpr std::size_t kMostLevels = 16;
inline constexpr std::int64_t kMostBlocks = 1'000;
inline constexpr std::int64_t kMostChannels = 65'536;

/// Of a UNet2DConditionModel.
UNetConfig unetConfigOf(const nlohmann::json& config, std::string_view place);
/// Pixels of a latent's side that such a network was trained with; 0: not said.
std::int64_t sampleSizeOf(const nlohmann::json& config, std::string_view place);
/// Of an AutoencoderKL.
VaeConfig vaeConfigOf(const nlohmann::json& config, std::string_view place);
/// Of a CLIPTextModel or, where `architectures` says so, a CLIPTextModelWithProjection.
ClipTextConfig clipTextConfigOf(const nlohmann::json& config, std::string_view place);
/// Of a CLIPVisionModelWithProjection.
ClipVisionConfig clipVisionConfigOf(const nlohmann::json& config, std::string_view place);
/// Of a CLIPModel: both, with one projection.
ClipConfig clipConfigOf(const nlohmann::json& config, std::string_view place);
/// Of the class that `_class_name` says, or of another one with the same keys, as diffusers' from_config makes it.
SchedulerConfig schedulerConfigOf(const nlohmann::json& config, std::string_view place,
                                  std::optional<SchedulerKind> as = {});

}  // namespace mergarium
