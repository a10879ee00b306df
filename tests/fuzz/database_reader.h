#pragma once

#include <filesystem>

namespace mergarium::fuzz {

/// Ends the program where what was read breaks a promise.
void require(bool holds);

/// Rows of a run database, and all that is made of them. SQLite itself is fuzzed by others.
void readDatabase(const std::filesystem::path& path);

}  // namespace mergarium::fuzz
