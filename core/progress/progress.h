#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>

namespace mergarium {

/// Told how far long work is, `done` of `total` units; returns false to end it, which then throws Cancelled.
using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

class Cancelled : public std::runtime_error {
public:
    Cancelled() : std::runtime_error("Cancelled.") {}
};

}  // namespace mergarium
