#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mergarium::fuzz {

/// A file with a few faults in it, the same for the same seed: bits flipped, its end cut off, spans removed, repeated
/// or moved, numbers made extreme.
std::string mutated(std::string_view file, std::uint64_t seed);

}  // namespace mergarium::fuzz
