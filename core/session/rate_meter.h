#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <utility>

namespace mergarium {

/// How fast a count has grown over the last few seconds.
class RateMeter {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::seconds kWindow{3};

    /// Counting goes on from `count` after a break that is not to be seen in the rate.
    void restart(Clock::time_point now, std::uint64_t count) {
        readings_.clear();
        readings_.emplace_back(now, count);
    }

    /// Takes a reading; returns counts per second since the oldest reading in the window, 0 while there is none.
    double read(Clock::time_point now, std::uint64_t count) {
        readings_.emplace_back(now, count);
        // The last reading before the window stays, so that the rate spans all of it.
        while (readings_.size() > 2 && readings_[1].first < now - kWindow) readings_.pop_front();
        const std::chrono::duration<double> span = now - readings_.front().first;
        return span.count() > 0.0 ? static_cast<double>(count - readings_.front().second) / span.count() : 0.0;
    }

private:
    std::deque<std::pair<Clock::time_point, std::uint64_t>> readings_;
};

}  // namespace mergarium
