#include "core/database/files_beside.h"

#include "core/database/store_error.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <fstream>
#include <system_error>

namespace mergarium {
namespace {

namespace fs = std::filesystem;

/// A journal that names a superior ends so (https://www.sqlite.org/fileformat2.html, "The Rollback Journal", and
/// readSuperJournal in its pager.c). Only transactions over several attached databases have one: never ours.
constexpr std::array<unsigned char, 8> kEndOfName{0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};

bool namesSuperior(const fs::path& journal) {
    std::ifstream file(journal, std::ios::binary);
    std::array<char, kEndOfName.size()> end{};
    file.seekg(-static_cast<std::streamoff>(end.size()), std::ios::end);
    return file.read(end.data(), end.size()) && std::memcmp(end.data(), kEndOfName.data(), end.size()) == 0;
}

}  // namespace

fs::path beside(const fs::path& database, std::string_view ending) {
    std::error_code error;
    auto file = fs::weakly_canonical(database, error);
    if (error) file = database;
    return file += ending;
}

bool holdsSomething(const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    return !error && size > 0;
}

void refuseWhatLiesBeside(const fs::path& database) {
    for (const auto ending : {kJournal, kLog, kSharedMemory}) {
        std::error_code error;
        const auto file = beside(database, ending);
        const auto status = fs::symlink_status(file, error);
        if (fs::exists(status) && !fs::is_regular_file(status))
            throw StoreError(fmt::format("{}: beside it lies {}, which is no regular file; remove that.",
                                         database.string(), file.filename().string()));
    }
    if (const auto journal = beside(database, kJournal); namesSuperior(journal))
        throw StoreError(
            fmt::format("{}: {} beside it names another file, which would be removed; Mergarium writes no such "
                        "journals: remove it.",
                        database.string(), journal.filename().string()));
}

}  // namespace mergarium
