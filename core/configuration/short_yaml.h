#pragma once

#include "core/configuration/yaml.h"

#include <string>
#include <vector>

namespace mergarium {

/// The YAML of a configuration with nothing in it that goes without saying: leaving out anything more would be another
/// configuration. Takes milliseconds.
std::string toShortYaml(const RunConfiguration& configuration);

/// What makes `configuration` of `base`; none where they are the same.
std::vector<Override> overridesFrom(const RunConfiguration& base, const RunConfiguration& configuration);

}  // namespace mergarium
