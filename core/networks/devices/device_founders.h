#pragma once

#include "core/founders/founders.h"

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace mergarium {

/// The founders' numbers where a device computes with them, in their own element types. Immutable; any thread, but a
/// FounderStream each.
class DeviceFounders {
public:
    enum class Place : std::uint8_t {
        /// All of them lie in the device's memory.
        Resident,
        /// They stay where they are, and come piece by piece.
        Streamed,
    };

    /// Resident: copies them. Throws std::runtime_error where they can't be read, c10::Error where they don't fit.
    DeviceFounders(FoundersPtr founders, torch::Device device, Place place);

    const Founders& founders() const { return *founders_; }
    torch::Device device() const { return device_; }
    Place place() const { return place_; }
    /// Bytes of the merged numbers of all founders.
    static std::uint64_t byteSize(const Founders& founders);

    /// Numbers [begin, begin + count) of a founder, which lie in one segment, where they are resident: a view.
    torch::Tensor at(std::size_t founder, std::uint64_t begin, std::uint64_t count) const;

private:
    FoundersPtr founders_;
    torch::Device device_;
    Place place_;
    /// By founder, one per segment that holds numbers to be merged; empty where they are streamed.
    std::vector<std::vector<torch::Tensor>> resident_;
};

/// Shows stretches of founders on the device one after the other. One thread.
class FounderStream {
public:
    /// Elements that it can show at a time.
    static constexpr std::uint64_t kStretch = 1 << 22;

    /// `founders` must outlive it.
    explicit FounderStream(const DeviceFounders& founders);

    /// Numbers [begin, begin + count) of a founder, which lie in one segment, at most kStretch of them; valid until the
    /// stretch after the next is shown. Streamed ones go through two page-locked buffers, so that one is filled while
    /// the device still reads the other.
    torch::Tensor show(std::size_t founder, std::uint64_t begin, std::uint64_t count);
    /// The founders shown from now on belong to another stretch.
    void next() { turn_ = 1 - turn_; }

private:
    const DeviceFounders& founders_;
    int turn_ = 0;
    /// By turn and founder: bytes on the host.
    std::vector<torch::Tensor> staging_[2];
};

}  // namespace mergarium
