#pragma once

#include <cstddef>
#include <functional>

namespace mergarium {

/// How many threads parallelFor uses when this thread calls it; one per core, or as OMP_NUM_THREADS says, until set.
std::size_t parallelThreads();
void setParallelThreads(std::size_t threads);

/// Calls `body(first, last)` for stretches that tile [0, count), one a thread, and returns when all are done. The
/// threads are OpenMP's, the pool that libtorch and OpenBLAS compute with as well: they stay and cost a call little,
/// and no two pools fight for the cores. Within a stretch of another call it runs on the calling thread alone. One of
/// the exceptions of `body`, if any, is thrown here.
void parallelFor(std::size_t count, const std::function<void(std::size_t first, std::size_t last)>& body);

}  // namespace mergarium
