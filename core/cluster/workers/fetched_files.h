#pragma once

#include "core/cluster/message_bus.h"
#include "core/cluster/messages/run_offer.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace mergarium {

/// Files of an offer, fetched from the run's own program into a folder of the worker's: part by part, going on where an
/// earlier attempt ended, and under their names once their contents are what the offer says.
class FetchedFiles {
public:
    /// Told of a file and how far it is; false ends it (Cancelled).
    using Watch = std::function<bool(const std::string& file, std::uint64_t done, std::uint64_t total)>;

    /// From the run of a key. All must outlive it.
    FetchedFiles(const MessageBus& bus, std::string key, std::string offer, std::filesystem::path folder, Watch watch);

    /// The `first`-th and following files of the offer, which are those of this place; returns where the place lies.
    /// Throws std::runtime_error with one sentence.
    std::filesystem::path fetch(const OfferedPlace& place, std::size_t first, const std::string& beneath) const;
    /// One that the configuration names.
    std::filesystem::path fetch(const OfferedFile& file, std::size_t index) const;

private:
    void fetchTo(const std::filesystem::path& target, const OfferedFile& file, std::size_t index) const;

    const MessageBus& bus_;
    std::string key_, offer_;
    std::filesystem::path folder_;
    Watch watch_;
};

}  // namespace mergarium
