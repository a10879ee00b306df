#pragma once

#include "core/checkpoint/checkpoint.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// One safetensors file of a model that is to be written.
struct PlannedFile {
    struct Place {
        /// Index into ModelPlan::tensors.
        std::size_t tensor = 0;
        /// First byte, counted from the end of the header; a multiple of the element's size.
        std::uint64_t begin = 0;
    };

    std::string name;
    /// Its first bytes: the header's length and the header, padded so that the tensors begin at a multiple of 8.
    std::string header;
    /// Ascending, without gaps: wide elements first, else as the tensors were given.
    std::vector<Place> places;
    /// Bytes after the header.
    std::uint64_t dataSize = 0;
};

/// Which tensor goes where in which file.
struct ModelPlan {
    std::vector<TensorDescription> tensors;
    std::vector<PlannedFile> files;
    /// Of tensors in several files, by name: the text of model.safetensors.index.json.
    std::map<std::string, std::string> indexes = {};

    /// Bytes of all files together.
    std::uint64_t byteSize() const;
};

/// How a model's files are named, and what they say of themselves.
struct FileStyle {
    /// "diffusion_pytorch_model" of diffusers' components.
    std::string stem = "model";
    /// Beside {"format": "pt"}, which they may replace.
    std::map<std::string, std::string> metadata = {};
};

/// Lays tensors out in model.safetensors, or, when they are more than `shardSize` bytes (0: no limit), in
/// model-00001-of-0000N.safetensors with an index, in the order given; a tensor larger than that gets a file of its
/// own. Throws std::invalid_argument for a name given twice.
ModelPlan planModel(std::vector<TensorDescription> tensors, std::uint64_t shardSize = 0, const FileStyle& style = {});

/// A component of a pipeline: neighbouring tensors that go into a folder of this name.
struct PlannedComponent {
    std::string name;
    FileStyle style = {};
};

/// Lays tensors that are called COMPONENT.TENSOR out in a folder for each component, there as planModel does, called
/// TENSOR. Throws std::invalid_argument where a component is not among `components`, or its tensors are no neighbours.
ModelPlan planPipeline(std::vector<TensorDescription> tensors, const std::vector<PlannedComponent>& components,
                       std::uint64_t shardSize = 0);

/// Gives the elements of tensor `tensor` (index into the plan's tensors) from element `begin` on; `out` is a whole
/// number of them, little-endian, aligned to its elements. Called from several threads at once; may throw.
using TensorContents = std::function<void(std::size_t tensor, std::uint64_t begin, std::span<std::byte> out)>;

/// Fills `out` with the bytes of the file from `begin` on, counted from the end of the header; both are multiples of 8
/// or end with the file.
void fillFrom(const ModelPlan& plan, const PlannedFile& file, const TensorContents& contents, std::uint64_t begin,
              std::span<std::byte> out);

}  // namespace mergarium
