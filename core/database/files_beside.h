#pragma once

#include <filesystem>
#include <string_view>

namespace mergarium {

constexpr std::string_view kJournal = "-journal";
constexpr std::string_view kLog = "-wal";
constexpr std::string_view kSharedMemory = "-shm";

/// Where SQLite keeps a file of a database: beside what a link leads to.
std::filesystem::path beside(const std::filesystem::path& database, std::string_view ending);
/// Whether it is there and holds something.
bool holdsSomething(const std::filesystem::path& file);

/// Refuses what lies beside a database when SQLite would do more with it than read and write the database: wait for who
/// opens a FIFO's other end, or remove any file that a journal names as its superior, which it does when it plays it
/// back. To be called before a connection that may write. Throws StoreError.
void refuseWhatLiesBeside(const std::filesystem::path& database);

}  // namespace mergarium
