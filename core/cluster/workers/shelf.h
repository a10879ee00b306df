#pragma once

#include "core/cluster/messages/run_offer.h"
#include "core/founders/founder_settings.h"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mergarium {

/// A worker's folders, in which files and models are found by their contents, whatever they are called. Not for several
/// threads.
class Shelf {
public:
    /// What hashes came to is kept in `cache` (contentsOfFounder). `stopped` is asked now and then.
    Shelf(std::vector<std::filesystem::path> folders, std::filesystem::path cache, std::function<bool()> stopped);

    /// Looks what is there by now.
    void look();
    /// The file by its own name where it is the same, else one of the folders' with its contents; absent: there is
    /// none.
    std::optional<std::filesystem::path> find(const OfferedFile& file);
    /// Models of the same name are looked at first; base and adapters must be called as they are in the offer where
    /// there are adapters. Throws Cancelled.
    std::optional<CheckpointFounder> find(const OfferedModel& model);
    /// A place of this name at `path`, if it has all of the offer's files, small ones with their contents.
    static bool isWhole(const OfferedPlace& place, const std::filesystem::path& path);

private:
    bool isModel(const CheckpointFounder& founder, const OfferedModel& model);
    std::string digestAt(const std::filesystem::path& path);

    std::vector<std::filesystem::path> folders_;
    std::filesystem::path cache_;
    std::function<bool()> stopped_;
    /// By size; and folders that hold weights, and files of weights.
    std::multimap<std::uint64_t, std::filesystem::path> files_;
    std::vector<std::filesystem::path> places_;
    std::map<std::filesystem::path, std::string> digests_;
};

}  // namespace mergarium
