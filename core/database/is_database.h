#pragma once

#include <filesystem>

namespace mergarium {

/// Whether a file is one of SQLite's, whoever made it. Nobody else may look into a file that can be a database: closing
/// it would take away the locks that this process holds on it, and other processes would believe that it is free
/// (https://www.sqlite.org/howtocorrupt.html, 2.2). Throws nothing; false for what is no regular file or can't be read.
bool isDatabase(const std::filesystem::path& file);

}  // namespace mergarium
