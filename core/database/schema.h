#pragma once

#include <SQLiteCpp/Database.h>

namespace mergarium {

/// `PRAGMA application_id` of a run database ("MRGA"), and the version that this program writes.
constexpr int kApplicationId = 0x4D524741;
constexpr int kSchemaVersion = 10;

/// Brings a database from its version to kSchemaVersion, one version at a time, each in one transaction.
void migrate(SQLite::Database& database);
/// Whether it has the tables, columns and indexes of that version, and nothing besides: no views, no triggers.
bool hasSchemaOf(const SQLite::Database& database, int version);

}  // namespace mergarium
