#pragma once

#include "core/run/snapshot.h"

#include <filesystem>
#include <string>

namespace mergarium {

/// Keeps what a person writes of a run, plain text, in place of what was written before; also while the run goes on,
/// which it changes nothing of. Throws StoreError with one sentence: where there is no such run, and for more than
/// RunSummary::kMostNotes bytes.
void setRunNotes(const std::filesystem::path& database, RunId run, const std::string& notes);

}  // namespace mergarium
