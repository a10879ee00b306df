#pragma once

#include "core/checkpoint/dtype.h"
#include "core/files/mapped_file.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// What is known about a tensor without its values.
struct TensorDescription {
    std::string name;
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape;
    /// Number of elements.
    std::uint64_t count = 0;

    std::uint64_t byteSize() const { return count * sizeOf(dtype); }
    bool operator==(const TensorDescription&) const = default;
};

/// A tensor of a checkpoint: little-endian elements at `bytes`, which may be aligned to nothing and live as long as the
/// checkpoint.
struct StoredTensor : TensorDescription {
    const std::byte* bytes = nullptr;
    /// Index into Checkpoint::files().
    std::size_t file = 0;
};

struct ModelFiles;

/// A model on disk, mapped: nothing is read until it is used. Immutable, for any thread.
class Checkpoint {
public:
    /// `path` is what placeOfModel takes: a safetensors file, or a folder as Hugging Face lays it out:
    /// model.safetensors, model.safetensors.index.json with its shards, or one safetensors file (or index) of another
    /// name, or the root of a pipeline of diffusers, whose tensors are called COMPONENT.TENSOR (modelFilesAt). Every
    /// header is checked. Shards are joined as transformers joins them: all tensors of all
    /// that the index names, the later shard's where two have one; a tensor that the index names and none has is
    /// refused. Throws std::runtime_error with one sentence: which file, what is wrong, what to do. Pickle files are
    /// refused, never opened.
    static std::shared_ptr<const Checkpoint> open(const std::filesystem::path& path);
    /// One file of a folder that strangers may have filled (openBeneath).
    static std::shared_ptr<const Checkpoint> openIn(const std::filesystem::path& folder, std::string_view name);

    /// What `folder` of a model at this path is; opens nothing.
    static std::filesystem::path folderOf(const std::filesystem::path& path);

    /// The path as it was given; of a model in Hugging Face's cache, its revision's.
    const std::filesystem::path& path() const { return path_; }
    /// Where config.json and the tokenizer lie: the folder that was named, or the one around a file if it has a
    /// config.json. Else empty.
    const std::filesystem::path& folder() const { return folder_; }
    /// Whether it is the root of a pipeline of diffusers.
    bool isPipeline() const { return pipeline_; }
    /// Sorted by name.
    std::span<const StoredTensor> tensors() const { return tensors_; }
    /// nullptr when there is no such tensor; O(log n).
    const StoredTensor* find(std::string_view name) const;
    std::span<const std::shared_ptr<const MappedFile>> files() const { return files_; }
    /// What the files say of themselves ("format", "modelspec.title", ...): of a key in several, the first file's.
    const std::map<std::string, std::string>& metadata() const { return metadata_; }
    /// Bytes of all tensors together.
    std::uint64_t byteSize() const;
    /// Throws std::runtime_error with one sentence when one of the files has been truncated since it was opened: what
    /// was read meanwhile is worth nothing.
    void check() const;
    /// Takes all pages of all files out of resident memory.
    void dropBehind() const;
    /// Takes bytes [begin, end) of one of its tensors out of resident memory.
    void dropBehind(const StoredTensor& tensor, std::uint64_t begin, std::uint64_t end) const;
    /// config.json of the folder; absent if there is none. Throws with file and line when it is no JSON.
    std::optional<nlohmann::json> configuration() const;

private:
    Checkpoint() = default;
    static std::shared_ptr<const Checkpoint> of(const std::filesystem::path& path, const ModelFiles& model);
    void addFiles(const ModelFiles& model, const std::string& prefix);
    void addFile(std::shared_ptr<const MappedFile> file, const std::string& prefix);

    std::filesystem::path path_, folder_;
    std::vector<std::shared_ptr<const MappedFile>> files_;
    std::vector<StoredTensor> tensors_;
    std::map<std::string, std::string> metadata_;
    bool pipeline_ = false;
};

}  // namespace mergarium
