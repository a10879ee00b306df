#include "core/checkpoint/model_place.h"

#include "core/files/refusal.h"
#include "core/files/text_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <vector>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "models--";
constexpr std::size_t kMostNamed = 5;
/// A revision is a hash of 40 digits.
constexpr std::size_t kLongestReference = 255;

bool isOfHub(const fs::path& part) { return part.string().starts_with(kPrefix); }

bool isFolder(const fs::path& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

bool isThere(const fs::path& path) {
    std::error_code error;
    return fs::exists(fs::symlink_status(path, error));
}

/// And no link to one: what a stranger may have filled leads nowhere else.
bool isOwnFolder(const fs::path& path) {
    std::error_code error;
    return fs::is_directory(fs::symlink_status(path, error));
}

/// Without a separator at the end.
fs::path trimmed(const fs::path& path) { return path.has_filename() ? path : path.parent_path(); }

/// The names of the folders in a folder, in order.
std::vector<std::string> foldersIn(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        if (isOwnFolder(entry->path())) names.push_back(entry->path().filename().string());
    }
    std::ranges::sort(names);
    return names;
}

std::string listed(std::vector<std::string> names) {
    const auto more = names.size() > kMostNamed ? fmt::format(" and {} more", names.size() - kMostNamed) : "";
    names.resize(std::min(names.size(), kMostNamed));
    return fmt::format("{}{}", fmt::join(names, ", "), more);
}

/// What a branch is at; empty when it isn't there, or no plain name.
std::string referenceIn(const fs::path& repository, std::string_view branch) {
    const auto path = repository / "refs" / branch;
    if (!isThere(path)) return {};
    auto revision = readFile(path, kLongestReference);
    revision.erase(std::find_if(revision.begin(), revision.end(), [](unsigned char c) { return c <= ' '; }),
                   revision.end());
    return fs::path(revision).filename() == revision && revision != "." && revision != ".." ? revision : "";
}

fs::path snapshotIn(const fs::path& repository) {
    const auto snapshots = repository / "snapshots";
    const auto main = referenceIn(repository, "main");
    if (!main.empty() && isOwnFolder(snapshots) && isOwnFolder(snapshots / main)) return snapshots / main;
    const auto revisions = isOwnFolder(snapshots) ? foldersIn(snapshots) : std::vector<std::string>();
    if (revisions.size() == 1) return snapshots / revisions.front();
    const auto name = hubName(repository).value_or(repository.filename().string());
    if (revisions.empty())
        refuse(repository, fmt::format("nothing of {} has been downloaded; download it again", name));
    refuse(snapshots, fmt::format("there are {} revisions of {} and none is main's; name one of these folders: {}",
                                  revisions.size(), name, listed(revisions)));
}

/// Of a cache that a person names as a whole; empty when the folder is no cache.
fs::path onlyRepositoryIn(const fs::path& folder) {
    auto repositories = foldersIn(folder);
    std::erase_if(repositories, [](const auto& name) { return !isOfHub(name); });
    if (repositories.empty()) return {};
    if (repositories.size() == 1) return folder / repositories.front();
    refuse(folder, fmt::format("this is Hugging Face's cache with {} models; name one of them: {}", repositories.size(),
                               listed(repositories)));
}

bool isOfName(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '-' || letter == '_' || letter == '.';
}

/// models--ORG--NAME of "ORG/NAME"; empty when it is none.
std::string repositoryOf(const std::string& name) {
    const auto slash = name.find('/');
    if (slash == name.npos || slash == 0 || slash + 1 == name.size() || name.find("..") != name.npos) return {};
    const auto organisation = name.substr(0, slash), model = name.substr(slash + 1);
    if (organisation.front() == '.' || !std::ranges::all_of(organisation + model, isOfName)) return {};
    return fmt::format("{}{}--{}", kPrefix, organisation, model);
}

}  // namespace

fs::path hubCache() {
    struct Variable {
        const char* name;
        const char* below;
    };
    for (const auto& [name, below] : {Variable{"HF_HUB_CACHE", ""},
                                      {"HUGGINGFACE_HUB_CACHE", ""},
                                      {"HF_HOME", "hub"},
                                      {"XDG_CACHE_HOME", "huggingface/hub"},
                                      {"HOME", ".cache/huggingface/hub"}})
        if (const char* value = std::getenv(name); value && fs::path(value).is_absolute())
            return *below ? fs::path(value) / below : fs::path(value);
    return {};
}

std::optional<fs::path> cachedModel(const std::string& name) {
    const auto cache = hubCache();
    const auto repository = repositoryOf(name);
    if (cache.empty() || repository.empty() || !isFolder(cache / repository)) return std::nullopt;
    return snapshotIn(cache / repository);
}

fs::path placeOfModel(const fs::path& named) {
    if (!isThere(named)) return cachedModel(named.string()).value_or(named);
    const auto folder = trimmed(named);
    if (!isFolder(folder)) return named;
    if (isOfHub(folder.filename())) return isFolder(folder / "snapshots") ? snapshotIn(folder) : named;
    if (isOfHub(folder.parent_path().filename()) && folder.filename() == "snapshots")
        return snapshotIn(folder.parent_path());
    if (isThere(folder / "config.json") || isThere(folder / "model.safetensors")) return named;
    for (const auto& cache : {folder, folder / "hub"})
        if (const auto repository = onlyRepositoryIn(cache); !repository.empty()) return snapshotIn(repository);
    return named;
}

std::optional<std::string> hubName(const fs::path& path) {
    const auto hub = std::find_if(path.begin(), path.end(), isOfHub);
    if (hub == path.end()) return std::nullopt;
    auto name = hub->string().substr(kPrefix.size());
    if (const auto border = name.find("--"); border != name.npos) name.replace(border, 2, "/");
    return name;
}

std::string nameOfModel(const fs::path& path) {
    auto place = trimmed(fs::absolute(path).lexically_normal());
    const auto file = place.filename();
    if (file == "model.safetensors" || file == "model.safetensors.index.json") place = place.parent_path();
    if (const auto name = hubName(place)) {
        auto part = std::find_if(place.begin(), place.end(), isOfHub);
        fs::path whole = *name;
        for (std::size_t skipped = 0; part != place.end(); ++part)
            if (skipped++ > 2) whole /= *part;  // behind models--ORG--NAME, snapshots and the revision
        return whole.string();
    }
    // A component of a pipeline of diffusers, which all have in common.
    if (isThere(place.parent_path() / "model_index.json"))
        return (place.parent_path().filename() / place.filename()).string();
    return place.extension() == ".safetensors" ? place.stem().string() : place.filename().string();
}

}  // namespace mergarium
