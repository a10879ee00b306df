#include "core/parallel/parallel_for.h"

#include <omp.h>

#include <algorithm>
#include <exception>

namespace mergarium {

std::size_t parallelThreads() { return static_cast<std::size_t>(omp_get_max_threads()); }

void setParallelThreads(std::size_t threads) { omp_set_num_threads(static_cast<int>(threads)); }

void parallelFor(std::size_t count, const std::function<void(std::size_t first, std::size_t last)>& body) {
    if (count == 0) return;
    const auto threads = std::min(count, parallelThreads());
    if (threads == 1 || omp_in_parallel()) return body(0, count);
    std::exception_ptr failure;
#pragma omp parallel num_threads(static_cast <int>(threads))
    {
        // The system may have given fewer threads than were asked for.
        const auto team = static_cast<std::size_t>(omp_get_num_threads());
        const auto me = static_cast<std::size_t>(omp_get_thread_num());
        try {
            body(count * me / team, count * (me + 1) / team);
        } catch (...) {
#pragma omp critical(mergarium_parallel_for)
            failure = std::current_exception();
        }
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace mergarium
