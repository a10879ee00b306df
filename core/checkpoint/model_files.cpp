#include "core/checkpoint/model_files.h"

#include "core/checkpoint/pipeline_root.h"
#include "core/files/json.h"
#include "core/files/refusal.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".safetensors";
constexpr std::string_view kIndexWithin = ".safetensors.index.";
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

/// Of a variant, too: model.safetensors.index.fp16.json.
bool isIndex(const fs::path& path) {
    const auto name = path.filename().string();
    return name.find(kIndexWithin) != name.npos && path.extension() == ".json";
}

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
    std::map<fs::path, std::vector<std::string>> shards;
    for (const auto& [tensor, shard] : map->items()) {
        if (!shard.is_string()) refuse(index, fmt::format("the shard of tensor '{}' is no text", tensor));
        const auto path = shardOf(index, shard.get<std::string>());
        auto& tensors = shards[path];
        if (tensors.empty() && !holds(index.parent_path(), path.filename().string()))
            refuse(path,
                   fmt::format("this shard is missing; {} names it, download it again", index.filename().string()));
        tensors.push_back(tensor);
    }
    for (auto& [path, tensors] : shards) {
        for (auto& tensor : tensors) model.placed.emplace(std::move(tensor), model.files.size());
        model.files.push_back(path);
    }
    return model;
}

/// model.fp16.safetensors where model.safetensors is there, too: a variant, which is only taken when it is named.
bool isVariant(const fs::path& path, const std::vector<fs::path>& files) {
    const auto stem = path.stem();
    if (!stem.has_extension()) return false;
    auto plain = path.parent_path() / stem.stem();
    plain += kEnding;
    return std::ranges::find(files, plain) != files.end();
}

ModelFiles inFolder(const fs::path& folder);

/// What a component's folder has of weights; absent: none, as a tokenizer's.
std::optional<ModelFiles> componentIn(const fs::path& folder) {
    bool tensors = false;
    fs::path pickle;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const auto& path = entry->path();
        if (path.filename().string().starts_with('.')) continue;
        tensors = tensors || path.extension() == kEnding || isIndex(path);
        if (isPickle(path) && (pickle.empty() || path < pickle)) pickle = path;
    }
    if (tensors) return inFolder(folder);
    if (!pickle.empty()) refusePickle(pickle);
    return std::nullopt;
}

/// diffusers lays a pipeline out in a folder per component.
ModelFiles ofPipeline(const fs::path& root) {
    ModelFiles model;
    for (const auto& component : pipelineComponents(root)) {
        if (isLeftAlone(component.name)) continue;
        if (auto files = componentIn(root / component.name))
            model.components.emplace_back(component.name, *std::move(files));
    }
    if (model.components.empty())
        refuse(root,
               "this is a pipeline of diffusers (model_index.json), and no component that it names holds safetensors");
    return model;
}

ModelFiles ofOne(const fs::path& file) { return {.files = {file}, .index = {}, .placed = {}}; }

ModelFiles inFolder(const fs::path& folder) {
    if (holds(folder, "model.safetensors")) return ofOne(folder / "model.safetensors");
    if (holds(folder, "model.safetensors.index.json")) return sharded(folder / "model.safetensors.index.json");
    if (holds(folder, kModelIndex)) return ofPipeline(folder);
    if (holds(folder, "adapter_config.json"))
        refuse(folder,
               "this is an adapter, not a whole model; name it together with its base: {base: ..., adapter: ...}");

    std::vector<fs::path> indexes, files, pickles;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const auto& path = entry->path();
        if (path.filename().string().starts_with('.')) continue;
        if (isIndex(path)) indexes.push_back(path);
        if (path.extension() == kEnding) files.push_back(path);
        if (isPickle(path)) pickles.push_back(path);
    }
    if (error) refuse(folder, fmt::format("can't be listed: {}", error.message()));
    constexpr std::string_view kPart = "diffusion_pytorch_model";
    for (const auto& name : {fmt::format("{}.safetensors", kPart), fmt::format("{}.safetensors.index.json", kPart)})
        if (holds(folder, name)) return isIndex(name) ? sharded(folder / name) : ofOne(folder / name);
    if (indexes.size() == 1) return sharded(indexes.front());
    const auto all = files;
    std::erase_if(files, [&](const auto& path) { return isVariant(path, all); });
    if (indexes.empty() && files.size() == 1) return ofOne(files.front());
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
