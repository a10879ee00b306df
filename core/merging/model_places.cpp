#include "core/merging/model_places.h"

#include "core/checkpoint/model_place.h"
#include "core/files/excerpt.h"
#include "core/founders/founder_names.h"

#include <fmt/format.h>

#include <stdexcept>
#include <system_error>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

bool isThere(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

}  // namespace

ModelPlaces::ModelPlaces(fs::path configuration, std::vector<fs::path> folders)
    : configuration_(std::move(configuration)), folders_(std::move(folders)) {}

fs::path ModelPlaces::placeOf(const std::string& name) const {
    const fs::path path(name);
    if (path.is_absolute()) return isThere(path) ? placeOfModel(path) : path;
    auto around = fs::absolute(configuration_).lexically_normal().parent_path();
    if (isThere(around / path)) return placeOfModel(around / path);
    for (const auto& folder : folders_) {
        if (isThere(folder / path)) return placeOfModel(folder / path);
        // "ORG/NAME" mostly lies in a folder NAME.
        if (path.has_parent_path() && path.has_filename() && isThere(folder / path.filename()))
            return placeOfModel(folder / path.filename());
    }
    if (isThere(path)) return placeOfModel(path);
    if (const auto cached = cachedModel(name)) return *cached;
    return path;
}

CheckpointFounder ModelPlaces::find(const std::string& named) const {
    const auto founder = founderNamed(named, [&](const std::string& name) { return placeOf(name); });
    const auto check = [&](const fs::path& path) {
        if (isThere(path)) return;
        std::string folders = " beside the file";
        for (const auto& folder : folders_) folders += fmt::format(", in {}", folder.string());
        throw std::runtime_error(
            fmt::format("{}: there is no model '{}'{}, from the current folder or in Hugging Face's cache; name the "
                        "folder that holds it with --models.",
                        configuration_.string(), excerptOf(path.string()), folders));
    };
    check(founder.base);
    for (const auto& [path, weight] : founder.adapter.all()) check(path);
    return founder;
}

}  // namespace mergarium
