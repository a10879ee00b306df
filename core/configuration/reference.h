#pragma once

#include <string>

namespace mergarium {

/// docs/configuration.md: every parameter of a run with its values, default and meaning, kind by kind.
std::string configurationReference();

}  // namespace mergarium
