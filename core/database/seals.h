#pragma once

#include "core/database/inspection.h"
#include "core/run/snapshot.h"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <span>

namespace mergarium {

/// Keeps SHA-256 digests of what decides a run's result beside it, so that a changed bit is found: against disks and
/// accidents, not against forgers, who could write new ones. Used within a writing transaction, after the rows that are
/// sealed. Throws SQLite::Exception.
class Seals {
public:
    Seals(SQLite::Database& database, RunId run) : database_(database), run_(run) {}

    void seal(SealedPart part);
    /// The births since the last seal, up to step `evaluations`. Each seal depends on the one before.
    void sealBirths(std::uint64_t evaluations, const BirthCounters& counters);
    /// Everything, as it is found; or births and these parts alone.
    void sealAll();
    void sealAll(std::span<const SealedPart> parts);

private:
    SQLite::Database& database_;
    RunId run_;
};

/// Whether this part is as it was stored. Throws SQLite::Exception.
bool isSealed(const SQLite::Database& database, RunId run, SealedPart part);

/// Reads everything that is stored of the run, within one transaction. Throws SQLite::Exception.
Inspection inspect(const SQLite::Database& database, RunId run);

/// Removes what isn't as it was stored and what came after it, and seals what is left; the run is then one that was
/// stopped at `inspection.wholeUntil`. Within a writing transaction. Throws SQLite::Exception.
void goBack(SQLite::Database& database, RunId run, const Inspection& inspection);

}  // namespace mergarium
