#pragma once

#include "core/progress/progress.h"
#include "core/report/report.h"
#include "core/run/snapshot.h"

#include <filesystem>
#include <string>

namespace mergarium {

/// The report of a run as it is stored, with the samples where they are found and the family of its best member.
/// `progress` is asked between its parts, and ends it with Cancelled. `versions`: of the program and its libraries, a
/// line each. Reads files: keep it off the window's thread. Throws std::runtime_error with one sentence.
Report storedReport(const std::filesystem::path& database, RunId run, const std::filesystem::path& resources,
                    const std::string& versions, const Progress& progress = nullptr);

}  // namespace mergarium
