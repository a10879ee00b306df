#pragma once

#include "core/database/row.h"
#include "core/run/snapshot.h"

#include <cstddef>
#include <cstdint>

namespace mergarium {

/// What bounds the values of a run's births.
struct RunMeasures {
    std::uint64_t founders = 0;
    std::size_t samples = 0;
    std::size_t slots = 0;
    std::uint64_t evaluations = 0;
};

/// The columns of `births` that make a Pairing, in the order that pairingOf reads.
constexpr const char* kPairingColumns = "step, first, second, train, slot, replaced, scored, failure";

/// Throws std::runtime_error with one sentence where the row can't be true.
Pairing pairingOf(const Row& row, const RunMeasures& run);

}  // namespace mergarium
