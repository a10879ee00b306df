// core/parallel without OpenMP, which clang has in a package of its own.
#include "core/parallel/parallel_for.h"

namespace mergarium {

std::size_t parallelThreads() { return 1; }
void setParallelThreads(std::size_t) {}
void parallelFor(std::size_t count, const std::function<void(std::size_t, std::size_t)>& body) {
    if (count > 0) body(0, count);
}

}  // namespace mergarium
