#pragma once

#include "ui/main_window.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace mergarium::bench {

/// Something that the window shows for a while.
struct Scene {
    const char* name;
    std::function<void(MainWindow&)> enter;
    std::function<void(MainWindow&)> leave = [](MainWindow&) {};
    /// As often as snapshots come; `count` of times before.
    std::function<void(MainWindow&, std::uint64_t count)> again = nullptr;
};

/// By fitness, the first two.
std::vector<MemberId> fittest(MainWindow& window);

/// Every tab of the window that shows a run, and what it shows only when it is asked for; those whose names begin so.
/// Throws std::runtime_error when there is none.
std::vector<Scene> scenes(const std::string& begin);

}  // namespace mergarium::bench
