#include "core/checkpoint/model_files.h"

#include "core/files/json.h"
#include "core/files/refusal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIndexEnding = ".safetensors.index.json";
constexpr std::array<std::string_view, 6> kPickleEndings{".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"};

[[noreturn]] void refusePickle(const fs::path& path) {
    refuse(path,
           "this is a pickle file, which can run any program when it is opened, so Mergarium never opens one; "
           "convert the model to safetensors (in Python: model.save_pretrained(folder, safe_serialization=True)) and "
           "name that");
}

bool isPickle(const fs::path& path) {
    return std::find(kPickleEndings.begin(), kPickleEndings.end(), path.extension()) != kPickleEndings.end();
}

bool isIndex(const fs::path& path) { return path.filename().string().ends_with(kIndexEnding); }

/// `name` in the folder if there is such an entry, even a dangling link, which opening will report.
bool holds(const fs::path& folder, std::string_view name) {
    std::error_code error;
    return fs::exists(fs::symlink_status(folder / name, error));
}

/// Of a file, as the system has it.
constexpr std::size_t kLongestName = 255;

/// A shard is a plain file name: an index must not reach for files elsewhere.
fs::path shardOf(const fs::path& index, const std::string& name) {
    const fs::path shard(name);
    if (name.empty() || name == "." || name == ".." || name.find('\0') != name.npos || name.size() > kLongestName ||
        shard != shard.filename())
        refuse(index, fmt::format("the shard '{}' is not the plain name of a file beside the index", name));
    if (isPickle(shard)) refusePickle(index.parent_path() / shard);
    return index.parent_path() / shard;
}

ModelFiles sharded(const fs::path& index) {
    const auto json = readJsonObject(index, kIndexJson);
    const auto map = json.find("weight_map");
    if (map == json.end() || !map->is_object() || map->empty())
        refuse(index, "it has no weight_map from tensors to shards");
    ModelFiles model{.files = {}, .index = index, .placed = {}};
    std::map<fs::path, std::size_t> numbers;
    for (const auto& [tensor, shard] : map->items()) {
        if (!shard.is_string()) refuse(index, fmt::format("the shard of tensor '{}' is no text", tensor));
        const auto path = shardOf(index, shard.get<std::string>());
        const auto [number, isNew] = numbers.emplace(path, model.files.size());
        if (isNew) {
            if (!holds(index.parent_path(), path.filename().string()))
                refuse(path,
                       fmt::format("this shard is missing; {} names it, download it again", index.filename().string()));
            model.files.push_back(path);
        }
        model.placed.emplace(tensor, number->second);
    }
    return model;
}

ModelFiles inFolder(const fs::path& folder) {
    if (holds(folder, "model.safetensors")) return {.files = {folder / "model.safetensors"}, .index = {}, .placed = {}};
    if (holds(folder, "model.safetensors.index.json")) return sharded(folder / "model.safetensors.index.json");
    if (holds(folder, "adapter_config.json"))
        refuse(folder,
               "this is an adapter, not a whole model; name it together with its base: {base: ..., adapter: ...}");

    std::vector<fs::path> indexes, files, pickles;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const auto& path = entry->path();
        if (path.filename().string().starts_with('.')) continue;
        if (isIndex(path)) indexes.push_back(path);
        if (path.extension() == ".safetensors") files.push_back(path);
        if (isPickle(path)) pickles.push_back(path);
    }
    if (error) refuse(folder, fmt::format("can't be listed: {}", error.message()));
    if (indexes.size() == 1) return sharded(indexes.front());
    if (indexes.empty() && files.size() == 1) return {.files = files, .index = {}, .placed = {}};
    std::sort(files.begin(), files.end());
    std::sort(pickles.begin(), pickles.end());
    if (!files.empty())
        refuse(folder, fmt::format("there is no model.safetensors but {} safetensors files ({}, ...) and no index that "
                                   "joins them; name one of them",
                                   files.size(), files.front().filename().string()));
    if (!pickles.empty()) refusePickle(pickles.front());
    refuse(folder, "there is no model here: neither model.safetensors nor model.safetensors.index.json");
}

}  // namespace

ModelFiles modelFilesAt(const fs::path& path) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (fs::is_directory(status)) return inFolder(path);
    if (isPickle(path)) refusePickle(path);
    if (path.extension() == ".gguf")
        refuse(path, "this is a GGUF file; name the safetensors files that it was made from");
    if (fs::is_regular_file(status) && isIndex(path)) return sharded(path);
    // A single file; opening reports what is wrong if there is none.
    return {.files = {path}, .found = false, .index = {}, .placed = {}};
}

}  // namespace mergarium
