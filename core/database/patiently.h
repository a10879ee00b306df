#pragma once

#include "core/database/store_error.h"

#include <chrono>
#include <thread>

namespace mergarium {

/// `change()`, again and again while another program or thread keeps the database locked; throws StoreBusy when that
/// lasts for longer than `longest`. For threads that may wait.
template <typename Change>
auto patiently(Change change, std::chrono::milliseconds longest = std::chrono::seconds(10)) {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds kBetweenAttempts{50};
    const auto giveUp = Clock::now() + longest;
    while (true) {
        try {
            return change();
        } catch (const StoreBusy&) {
            if (Clock::now() >= giveUp) throw;
        }
        std::this_thread::sleep_for(kBetweenAttempts);
    }
}

}  // namespace mergarium
