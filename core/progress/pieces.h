#pragma once

#include "core/progress/progress.h"

#include <cstddef>
#include <functional>

namespace mergarium {

/// Calls `work(i)` once for every i in [0, count), on `threads` threads (0: one per core), this one among them; in
/// which order and on which thread is not said. The first exception ends the work and is thrown here. `progress` is
/// called on this thread, with pieces done; when it returns false the work ends with Cancelled.
void forEachPiece(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work,
                  const Progress& progress = nullptr);

}  // namespace mergarium
