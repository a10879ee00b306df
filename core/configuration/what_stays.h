#pragma once

#include "core/configuration/configuration.h"

#include <string>

namespace mergarium {

/// What of a strategy can't become otherwise while its run goes on, and why: one sentence; empty where there is nothing
/// to be said of all of it.
std::string whatStays(const StrategySettings& settings);

}  // namespace mergarium
