#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace mergarium::bench {

/// Of wall time.
double secondsOf(const std::function<void()>& work);

/// Of at least one; the upper one of an even number.
double median(std::vector<double> values);

/// Bytes of anonymous memory that a process has; 0 where there is no such process.
std::uint64_t anonymousBytes(int process);

/// What a program took.
struct Measured {
    double seconds = 0.0;
    /// Most bytes of anonymous memory at a time, looked at every 5 ms.
    std::uint64_t peak = 0;
};

/// Runs a program to its end, without its output. Throws std::runtime_error where it fails.
Measured watched(const std::vector<std::string>& command);

}  // namespace mergarium::bench
