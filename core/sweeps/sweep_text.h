#pragma once

#include "core/configuration/configuration.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>

namespace mergarium {

/// What reading a sweep and reading its draft have in common. For core/sweeps alone: knows yaml-cpp.

/// Throws ConfigurationError naming the line.
inline YAML::Node loadYaml(std::string_view yaml, std::string_view source) {
    try {
        return YAML::Load(std::string(yaml));
    } catch (const YAML::Exception& error) {
        throw ConfigurationError(
            fmt::format("{}, line {}: this is not YAML: {}.", source, error.mark.line + 1, error.msg));
    }
}

/// A value on one line.
inline std::string inlineYaml(const YAML::Node& value) {
    YAML::Emitter out;
    out.SetMapFormat(YAML::Flow);
    out.SetSeqFormat(YAML::Flow);
    out << value;
    return out.c_str();
}

/// The comment at the head, as one line.
inline std::string headingOf(std::string_view yaml) {
    std::istringstream stream{std::string(yaml)};
    std::string heading;
    for (std::string line; std::getline(stream, line) && line.starts_with('#');) {
        line.erase(0, std::min(line.size(), line.find_first_not_of("# ")));
        heading += (heading.empty() ? "" : " ") + line;
    }
    return heading;
}

}  // namespace mergarium
