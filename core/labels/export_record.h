#pragma once

#include "core/archive/member.h"
#include "core/run/snapshot.h"

#include <filesystem>
#include <string>

namespace mergarium {

/// Keeps in the run database that a member was exported: where to, and the content hash of what was written. Throws
/// StoreError.
void recordExport(const std::filesystem::path& database, RunId run, MemberId member,
                  const std::filesystem::path& folder, const std::string& hash);

}  // namespace mergarium
