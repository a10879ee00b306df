#pragma once

#include "core/run/snapshot.h"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

struct ImportedRuns {
    /// Their numbers here, in the order in which they were asked for.
    std::vector<RunId> runs;
    /// One sentence for each run that was not taken.
    std::vector<std::string> refused;
};

/// Copies stored runs of another run database, whoever wrote it, into `database`, each whole or not at all and under a
/// new number; that it came from there becomes an event of it. A run is taken only if it is as its seals say and all
/// that is stored of it can be true, and is sealed here as it was there: it can be shown, gone on with and exported as
/// before. What is going on there is refused. Nothing of the other database changes, but that an older format is
/// brought forward where the file can be written. Throws StoreError with one sentence where one of the two can't be
/// read or written, or both are one.
ImportedRuns importRuns(const std::filesystem::path& database, const std::filesystem::path& from,
                        std::span<const RunId> runs);

}  // namespace mergarium
