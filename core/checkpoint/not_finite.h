#pragma once

#include "core/checkpoint/dtype.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace mergarium {

/// Numbers that can't be mixed: a single one makes sums, angles and scores NaN.
struct NotFinite {
    std::uint64_t nans = 0;
    std::uint64_t infinities = 0;

    bool any() const { return nans + infinities > 0; }
    NotFinite& operator+=(const NotFinite& other) {
        nans += other.nans;
        infinities += other.infinities;
        return *this;
    }
    bool operator==(const NotFinite&) const = default;
};

/// How many of them are among elements stored little-endian, aligned to nothing; none where `dtype` isn't floating. As
/// fast as memory is read where there are none.
NotFinite countNotFinite(DType dtype, std::span<const std::byte> elements);

}  // namespace mergarium
