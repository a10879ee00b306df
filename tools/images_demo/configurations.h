#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>

namespace mergarium::images_demo {

/// config.json of the components of the demonstration's models, whose sizes are in here alone.

nlohmann::ordered_json modelIndex();
nlohmann::ordered_json unetConfiguration();
/// `scaling`: 1 / standard deviation of latents.
nlohmann::ordered_json vaeConfiguration(double scaling);
nlohmann::ordered_json textEncoderConfiguration(std::int64_t tokens);
nlohmann::ordered_json schedulerConfiguration();
/// Of the model that scores pictures.
nlohmann::ordered_json clipConfiguration(std::int64_t tokens);
nlohmann::ordered_json preprocessorConfiguration();

}  // namespace mergarium::images_demo
