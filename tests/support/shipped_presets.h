#pragma once

#include "core/configuration/presets.h"

namespace mergarium::test {

inline std::vector<Preset> shippedPresets() { return readPresets(MERGARIUM_SOURCE_DIR "/resources"); }

}  // namespace mergarium::test
