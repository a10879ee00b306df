#pragma once

#include <filesystem>

namespace mergarium::fuzz {

/// A component's configuration, as each kind of component's in turn.
void readComponent(const std::filesystem::path& path);
/// The list of a pipeline's components.
void readModelIndex(const std::filesystem::path& path);
/// Tensors' names, one a line, as a single file's.
void readOriginalNames(const std::filesystem::path& path);

}  // namespace mergarium::fuzz
