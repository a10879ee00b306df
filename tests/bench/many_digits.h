#pragma once

#include <cstddef>
#include <filesystem>

namespace mergarium::bench {

/// A folder of resources like the program's own, but with so many digits to train on: the shipped ones over and over,
/// each copy with noise of its own. The same every time. `folder` must exist.
void makeManyDigits(const std::filesystem::path& folder, std::size_t train);

}  // namespace mergarium::bench
