#pragma once

#include "core/progress/progress.h"
#include "ui/table/file_rows.h"

#include <filesystem>
#include <stop_token>

namespace mergarium {

/// Writes a table as CSV (RFC 4180), whole or not at all. For any thread. Throws Cancelled, or std::runtime_error with
/// one sentence.
void writeCsv(const FileRows& rows, const std::filesystem::path& path, const std::stop_token& stop = {},
              const Progress& progress = nullptr);

}  // namespace mergarium
