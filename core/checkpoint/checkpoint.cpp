#include "core/checkpoint/checkpoint.h"

#include "core/checkpoint/model_files.h"
#include "core/checkpoint/model_place.h"
#include "core/checkpoint/safetensors.h"
#include "core/files/beneath.h"
#include "core/files/json.h"
#include "core/files/refusal.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

constexpr const char* kConfiguration = "config.json";

/// Of tensors, sorted by name, those that the index names must be there.
void compareWithIndex(const ModelFiles& model, const std::string& prefix, std::span<const StoredTensor> tensors) {
    for (const auto& [name, file] : model.placed)
        if (!std::ranges::binary_search(tensors, prefix + name, {}, &StoredTensor::name))
            refuse(model.index, fmt::format("tensor '{}' is said to be in {}, but isn't there", name,
                                            model.files[file].filename().string()));
}

/// Sorts by name. A tensor of two shards is the later one's, as in transformers, which reads one after the other.
void joinShards(std::vector<StoredTensor>& tensors) {
    std::ranges::stable_sort(tensors, {}, &StoredTensor::name);
    const auto last = std::unique(tensors.rbegin(), tensors.rend(),
                                  [](const auto& later, const auto& earlier) { return later.name == earlier.name; });
    tensors.erase(tensors.begin(), last.base());
}

}  // namespace

std::shared_ptr<const Checkpoint> Checkpoint::open(const std::filesystem::path& path) {
    const auto place = placeOfModel(path);
    return of(place, modelFilesAt(place));
}

std::shared_ptr<const Checkpoint> Checkpoint::openIn(const std::filesystem::path& folder, std::string_view name) {
    const auto path = folder / name;
    return of(path, {.files = {path}, .index = {}, .placed = {}});
}

std::filesystem::path Checkpoint::folderOf(const std::filesystem::path& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return path;
    const auto around = path.parent_path();
    if (!std::filesystem::exists(around / kConfiguration, error)) return {};
    return around.empty() ? std::filesystem::path(".") : around;
}

std::shared_ptr<const Checkpoint> Checkpoint::of(const std::filesystem::path& path, const ModelFiles& model) {
    std::shared_ptr<Checkpoint> checkpoint(new Checkpoint);
    checkpoint->path_ = path;
    checkpoint->pipeline_ = !model.components.empty();
    checkpoint->addFiles(model, "");
    for (const auto& [name, component] : model.components) checkpoint->addFiles(component, name + ".");
    checkpoint->folder_ = folderOf(path);

    auto& tensors = checkpoint->tensors_;
    joinShards(tensors);
    compareWithIndex(model, "", tensors);
    for (const auto& [name, component] : model.components) compareWithIndex(component, name + ".", tensors);
    if (tensors.empty()) refuse(path, "there are no tensors in this model");
    return checkpoint;
}

void Checkpoint::addFiles(const ModelFiles& model, const std::string& prefix) {
    for (const auto& file : model.files)
        addFile(model.found ? openBeneath(file.parent_path(), file.filename().string()) : MappedFile::open(file),
                prefix);
}

void Checkpoint::addFile(std::shared_ptr<const MappedFile> file, const std::string& prefix) {
    auto header =
        file->reading([&](auto bytes) { return parseSafetensorsHeader(bytes, bytes.size(), file->path().string()); });
    for (auto& [name, entry] : header.tensors)
        tensors_.push_back({{.name = prefix + name,
                             .dtype = entry.dtype,
                             .shape = std::move(entry.shape),
                             .count = (entry.end - entry.begin) / sizeOf(entry.dtype)},
                            file->bytes().data() + header.dataBegin + entry.begin,
                            files_.size()});
    metadata_.merge(header.metadata);
    files_.push_back(std::move(file));
}

const StoredTensor* Checkpoint::find(std::string_view name) const {
    const auto found = std::ranges::lower_bound(tensors_, name, {}, &StoredTensor::name);
    return found != tensors_.end() && found->name == name ? &*found : nullptr;
}

std::uint64_t Checkpoint::byteSize() const {
    std::uint64_t sum = 0;
    for (const auto& tensor : tensors_) sum += tensor.byteSize();
    return sum;
}

void Checkpoint::check() const {
    for (const auto& file : files_) file->check();
}

void Checkpoint::dropBehind() const {
    for (const auto& file : files_) file->dropBehind(0, file->bytes().size());
}

void Checkpoint::dropBehind(const StoredTensor& tensor, std::uint64_t begin, std::uint64_t end) const {
    const auto& file = files_[tensor.file];
    const auto offset = static_cast<std::uint64_t>(tensor.bytes - file->bytes().data());
    file->dropBehind(offset + begin, offset + end);
}

std::optional<nlohmann::json> Checkpoint::configuration() const {
    std::error_code error;
    if (folder_.empty() || !std::filesystem::exists(std::filesystem::symlink_status(folder_ / kConfiguration, error)))
        return std::nullopt;
    return readJsonObject(folder_ / kConfiguration, kSettingsJson);
}

}  // namespace mergarium
