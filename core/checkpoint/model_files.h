#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mergarium {

/// Which files a model consists of.
struct ModelFiles {
    std::vector<std::filesystem::path> files;
    /// They were found in a folder, which strangers may have filled, and must lie in it (openBeneath); else the person
    /// named the one there is.
    bool found = true;
    /// Of a sharded model: the index, and for each tensor which of `files` it says the tensor is in.
    std::filesystem::path index;
    std::map<std::string, std::size_t> placed;
};

/// The safetensors files behind what a user named: a file, an index or a folder. Throws std::runtime_error with one
/// sentence when there is nothing usable, more than one model, or only pickle files, which are never opened.
ModelFiles modelFilesAt(const std::filesystem::path& path);

}  // namespace mergarium
