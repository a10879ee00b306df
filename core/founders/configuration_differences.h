#pragma once

#include "core/founders/alignment.h"

#include <span>
#include <vector>

namespace mergarium {

/// What of the founders' configurations makes them compute differently, key by key. Where the families of all are
/// known, their networks decide whether they do, and not how the configurations spell them; of founders without a
/// config.json nothing is known.
std::vector<Difference> configurationDifferences(std::span<const FounderOutline> founders);

}  // namespace mergarium
