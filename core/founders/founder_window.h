#pragma once

#include "core/founders/founders.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// A stretch of several founders side by side, as their numbers are stored: small enough to stay in the second-level
/// cache while it is worked on, large enough that fetching it from a file costs little. For one thread.
class FounderWindow {
public:
    /// `founders` must outlive it.
    explicit FounderWindow(const Founders& founders);

    /// Shows the positions from `begin` on of the founders named: at most `count`, fewer where the window is full or
    /// one of them goes on elsewhere. Returns how many, at least 1 for count > 0. Throws std::runtime_error when a file
    /// can't be read.
    std::uint64_t show(std::span<const std::size_t> founders, std::uint64_t begin, std::uint64_t count);
    /// Of the i-th founder named, from element `offset` of the window on.
    const std::byte* bytes(std::size_t i, std::uint64_t offset = 0) const {
        return panes_[i].bytes + offset * sizeOf(panes_[i].dtype);
    }
    DType dtype(std::size_t i) const { return panes_[i].dtype; }

private:
    struct Pane {
        const FounderSegment* segment = nullptr;
        DType dtype = DType::F32;
        const std::byte* bytes = nullptr;
    };

    const Founders& founders_;
    std::vector<Pane> panes_;
};

}  // namespace mergarium
