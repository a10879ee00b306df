#pragma once

#include "core/run/snapshot.h"

#include <filesystem>
#include <span>
#include <string>

namespace mergarium {

// A run that is deleted in the window is marked, by the hold (RunClaim) of the window that did it, and no longer
// listed; nothing can be done with it but taking the mark away. It goes when that window closes, or, where that
// crashed, when the next one opens. Every function throws StoreError with one sentence, and has then done nothing.

/// Marks all of them, or none where one is going on or isn't there.
void markDeleted(const std::filesystem::path& database, std::span<const RunId> runs, const std::string& owner);
/// They are as they were; those that are gone already stay gone.
void undelete(const std::filesystem::path& database, std::span<const RunId> runs);
/// Removes what `owner` has marked, and what was marked by windows that are no more, with everything stored of it. A
/// database without marks, or that isn't there, isn't touched.
void removeDeleted(const std::filesystem::path& database, const std::string& owner);

}  // namespace mergarium
