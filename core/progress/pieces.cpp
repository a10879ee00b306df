#include "core/progress/pieces.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace mergarium {

void forEachPiece(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work,
                  const Progress& progress) {
    std::atomic<std::size_t> next = 0, done = 0;
    std::atomic<bool> ended = false;
    std::mutex mutex;
    std::exception_ptr failure;
    const auto run = [&](const Progress& report) {
        try {
            for (auto piece = next++; piece < count && !ended; piece = next++) {
                work(piece);
                ++done;
                if (report && !report(done, count)) throw Cancelled();
            }
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!ended.exchange(true)) failure = std::current_exception();
        }
    };
    {
        if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < std::min(threads, count); ++i) others.emplace_back(run, nullptr);
        run(progress);
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace mergarium
