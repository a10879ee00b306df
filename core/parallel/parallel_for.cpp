#include "core/parallel/parallel_for.h"

#include <omp.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace mergarium {

std::size_t parallelThreads() { return static_cast<std::size_t>(omp_get_max_threads()); }

void setParallelThreads(std::size_t threads) { omp_set_num_threads(static_cast<int>(threads)); }

#ifdef __SANITIZE_THREAD__
namespace {

thread_local bool inStretch = false;

/// The thread sanitizer doesn't see what OpenMP's barriers order, since Debian's isn't built with it: under it every
/// stretch gets a thread of its own.
void teamOf(std::size_t threads, const std::function<void(std::size_t me, std::size_t team)>& work) {
    std::vector<std::thread> others;
    const auto stretch = [&](std::size_t me) {
        inStretch = true;
        work(me, threads);
        inStretch = false;
    };
    for (std::size_t me = 1; me < threads; ++me) others.emplace_back(stretch, me);
    stretch(0);
    for (auto& other : others) other.join();
}

bool isInTeam() { return inStretch; }

}  // namespace
#else
namespace {

void teamOf(std::size_t threads, const std::function<void(std::size_t me, std::size_t team)>& work) {
#pragma omp parallel num_threads(static_cast <int>(threads))
    // The system may have given fewer threads than were asked for.
    work(static_cast<std::size_t>(omp_get_thread_num()), static_cast<std::size_t>(omp_get_num_threads()));
}

bool isInTeam() { return omp_in_parallel(); }

}  // namespace
#endif

void parallelFor(std::size_t count, const std::function<void(std::size_t first, std::size_t last)>& body) {
    if (count == 0) return;
    const auto threads = std::min(count, parallelThreads());
    if (threads == 1 || isInTeam()) return body(0, count);
    std::mutex mutex;
    std::exception_ptr failure;
    teamOf(threads, [&](std::size_t me, std::size_t team) {
        try {
            body(count * me / team, count * (me + 1) / team);
        } catch (...) {
            const std::lock_guard lock(mutex);
            failure = std::current_exception();
        }
    });
    if (failure) std::rethrow_exception(failure);
}

}  // namespace mergarium
