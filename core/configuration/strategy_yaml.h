#pragma once

#include "core/configuration/yaml_section.h"

namespace mergarium {

/// The part of a configuration that says how is searched, from YAML and back. Bad values throw ConfigurationError,
/// naming key and line.
void readStrategy(const YAML::Node& node, RunConfiguration& configuration, const Source& source);
/// Every key that the strategy reads.
void writeStrategy(YAML::Emitter& out, const RunConfiguration& configuration);

}  // namespace mergarium
