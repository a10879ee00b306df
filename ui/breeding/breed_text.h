#pragma once

#include "core/run/snapshot.h"

#include <QString>

namespace mergarium {

/// What a child that was bred by hand came to, in words; what to do where nothing was bred. `wish`: as it is set now.
QString breedText(const SessionSnapshot& snapshot, const Parentage& wish);

/// Why no sample is listed at which the child is better or worse than both parents. `bred` is null where nothing was.
QString noChangesText(const HandBred* bred);

}  // namespace mergarium
