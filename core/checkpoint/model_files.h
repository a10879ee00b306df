#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mergarium {

/// Which files a model consists of.
struct ModelFiles {
    /// In order of name.
    std::vector<std::filesystem::path> files;
    /// They were found in a folder, which strangers may have filled, and must lie in it (openBeneath); else the person
    /// named the one there is.
    bool found = true;
    /// Of a sharded model: the index, and for each tensor that it names which of `files` it says the tensor is in. As
    /// transformers reads it, an index names shards: what else they hold belongs to the model, too.
    std::filesystem::path index;
    std::map<std::string, std::size_t> placed;
    /// Of a pipeline of diffusers instead of all that: its components by name, each a model of its own, whose tensors
    /// are called COMPONENT.TENSOR.
    std::vector<std::pair<std::string, ModelFiles>> components = {};
};

/// The safetensors files behind what a user named: a file, an index or a folder. Of a folder the files that
/// transformers and diffusers take: model.safetensors, its index, diffusion_pytorch_model.safetensors, its index, else
/// the only index or file, variants (model.fp16.safetensors beside model.safetensors) not counted; of the root of a
/// pipeline (model_index.json) those of each component that has any. Throws std::runtime_error with one sentence when
/// there is nothing usable, more than one model, or only pickle files, which are never opened.
ModelFiles modelFilesAt(const std::filesystem::path& path);

}  // namespace mergarium
