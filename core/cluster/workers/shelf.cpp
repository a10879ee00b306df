#include "core/cluster/workers/shelf.h"

#include "core/cluster/offered_run.h"
#include "core/evaluation/checkpoint_founders.h"
#include "core/files/scratch_place.h"
#include "core/founders/founder_source.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

constexpr int kDeepest = 8;
constexpr std::size_t kMostFiles = 500'000;

}  // namespace

Shelf::Shelf(std::vector<fs::path> folders, fs::path cache, std::function<bool()> stopped)
    : folders_(std::move(folders)), cache_(std::move(cache)), stopped_(std::move(stopped)) {}

void Shelf::look() {
    files_.clear();
    digests_.clear();
    std::set<fs::path> places;
    for (const auto& folder : folders_) {
        std::error_code error;
        auto entry = fs::recursive_directory_iterator(
            folder, fs::directory_options::skip_permission_denied | fs::directory_options::follow_directory_symlink,
            error);
        for (; !error && entry != fs::recursive_directory_iterator() && files_.size() < kMostFiles;
             entry.increment(error)) {
            if (entry.depth() >= kDeepest) entry.disable_recursion_pending();
            std::error_code unknown;
            if (!entry->is_regular_file(unknown)) continue;
            const auto size = entry->file_size(unknown);
            if (unknown) continue;
            files_.emplace(size, entry->path());
            if (entry->path().extension() != ".safetensors") continue;
            places.insert(entry->path());
            places.insert(entry->path().parent_path());
            // A pipeline's networks lie in folders of their own.
            places.insert(entry->path().parent_path().parent_path());
        }
    }
    places_.assign(places.begin(), places.end());
}

std::optional<fs::path> Shelf::find(const OfferedFile& file) {
    std::error_code error;
    const fs::path itself(file.name);
    if (fs::is_regular_file(itself, error) && fs::file_size(itself, error) == file.size &&
        digestAt(itself) == file.hash)
        return itself;
    const auto [begin, end] = files_.equal_range(file.size);
    for (auto one = begin; one != end; ++one)
        if (digestAt(one->second) == file.hash) return one->second;
    return std::nullopt;
}

std::string Shelf::digestAt(const fs::path& path) {
    auto& digest = digests_[path];
    try {
        if (digest.empty()) digest = digestOfFile(path);
    } catch (const std::runtime_error&) {
        // It can't be read: it is none that we look for.
    }
    return digest;
}

bool Shelf::isWhole(const OfferedPlace& place, const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error) != place.isFolder) return false;
    if (!place.isFolder) return fs::is_regular_file(path, error);
    for (const auto& file : place.files) {
        // Weights may be spread over files otherwise; the model's hash knows.
        if (file.hash.empty()) continue;
        const auto here = path / file.name;
        if (!fs::is_regular_file(here, error) || fs::file_size(here, error) != file.size ||
            digestOfFile(here) != file.hash)
            return false;
    }
    return true;
}

bool Shelf::isModel(const CheckpointFounder& founder, const OfferedModel& model) {
    const auto announce = [this](std::string_view, std::uint64_t, std::uint64_t) { return !stopped_(); };
    try {
        const auto source = openFounder(founder, scratchPlace());
        return contentsOfFounder(*source, cache_, announce).hash == model.hash;
    } catch (const Cancelled&) {
        throw;
    } catch (const std::runtime_error&) {
        return false;
    }
}

std::optional<CheckpointFounder> Shelf::find(const OfferedModel& model) {
    const auto named = [&](const std::string& name) {
        std::vector<fs::path> all;
        std::ranges::copy_if(places_, std::back_inserter(all),
                             [&](const auto& path) { return path.filename() == name; });
        return all;
    };
    CheckpointFounder founder;
    for (const auto& [place, weight] : model.adapters) {
        auto here = named(place.name);
        std::erase_if(here, [&, &wanted = place](const auto& path) { return !isWhole(wanted, path); });
        if (here.empty()) return std::nullopt;
        founder.adapter.add({here.front(), weight});
    }
    auto candidates = named(model.base.name);
    // Without adapters the contents alone tell.
    if (model.adapters.empty())
        for (const auto& place : places_)
            if (place.filename() != model.base.name) candidates.push_back(place);
    for (const auto& candidate : candidates) {
        if (!isWhole(model.base, candidate)) continue;
        founder.base = candidate;
        if (isModel(founder, model)) return founder;
    }
    return std::nullopt;
}

}  // namespace mergarium
