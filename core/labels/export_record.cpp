#include "core/labels/export_record.h"

#include "core/database/database.h"

#include <SQLiteCpp/Statement.h>

#include <ctime>

namespace mergarium {

void recordExport(const std::filesystem::path& database, RunId run, MemberId member,
                  const std::filesystem::path& folder, const std::string& hash) {
    auto connection = openDatabase(database, Access::Write);
    try {
        SQLite::Statement insert(connection,
                                 "INSERT INTO exports (run, member, time, path, hash) VALUES (?, ?, ?, ?, ?)");
        insert.bind(1, run.value);
        insert.bind(2, static_cast<std::int64_t>(member.value));
        insert.bind(3, static_cast<std::int64_t>(std::time(nullptr)));
        insert.bind(4, folder.string());
        insert.bind(5, hash);
        insert.exec();
    } catch (const SQLite::Exception& error) {
        throwExplained(error, database);
    }
}

}  // namespace mergarium
