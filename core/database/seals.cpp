#include "core/database/seals.h"

#include "core/database/binding.h"
#include "core/files/fingerprint.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <bit>
#include <span>
#include <vector>

namespace mergarium {
namespace {

// What is digested, and in which order, is part of the format: other columns are another version of the schema.
constexpr SealedPart kParts[] = {SealedPart::Description, SealedPart::Standing, SealedPart::ProgressCurve,
                                 SealedPart::Tests,       SealedPart::Answers,  SealedPart::Checkpoint,
                                 SealedPart::Events};

/// What a part is made of; ?1 is the run.
std::vector<const char*> queriesOf(SealedPart part) {
    switch (part) {
        case SealedPart::Description:
            return {
                "SELECT name, configuration, created, budget, samples, device, sweep, arm, samples_hash, "
                "sample_weights, genomes FROM runs WHERE run = ?1",
                "SELECT member, name, bytes, hash, genome, train, test, scores, path, adapter, slot FROM founders "
                "WHERE run = ?1 ORDER BY member",
                "SELECT position, name, shape, dtype, founder FROM tensors WHERE run = ?1 ORDER BY position",
                "SELECT name, of FROM aliases WHERE run = ?1 ORDER BY name"};
        case SealedPart::Standing:
            return {
                "SELECT phase, message, evaluations, accepted, seconds, best_train, best_test, archive_hash, "
                "samples_scored, samples_saved FROM runs WHERE run = ?1"};
        case SealedPart::ProgressCurve:
            return {
                "SELECT step, best_train, mean_train, best_test, coverage, disagreement, entropy FROM progress "
                "WHERE run = ?1 ORDER BY step"};
        case SealedPart::Tests: return {"SELECT member, score FROM tests WHERE run = ?1 ORDER BY member"};
        case SealedPart::Answers: return {"SELECT member, texts FROM answers WHERE run = ?1 ORDER BY member"};
        case SealedPart::Checkpoint:
            return {"SELECT slot, step, member, genome FROM checkpoints WHERE run = ?1 ORDER BY slot",
                    "SELECT step, state FROM strategy_states WHERE run = ?1"};
        case SealedPart::Events:
            return {
                "SELECT step, kind, text FROM events WHERE run = ?1 AND kind IN ('bred by hand', 'founder joined', "
                "'changed', 'reseated') ORDER BY step, event",
                "SELECT step, name, bytes, hash, genome, test, path, adapter FROM joined_founders WHERE run = ?1 "
                "ORDER BY step"};
    }
    return {};
}

/// Of runs that have such, as below.
constexpr const char* kGenes = "SELECT genes FROM genes WHERE run = ?1";

constexpr const char* kBirths =
    "SELECT step, first, second, splits, ratio, interpolation, sigma, mutation_seed, train, fitness, slot, replaced, "
    "scores, seconds, scored, failure FROM births WHERE run = ?1 AND step > ?2 AND step <= ?3 ORDER BY step";

/// Of births that have such: those that seals of earlier versions are of have none, and no rows add nothing.
constexpr const char* kChromosomes =
    "SELECT step, chromosomes FROM births WHERE run = ?1 AND step > ?2 AND step <= ?3 AND chromosomes IS NOT NULL "
    "ORDER BY step";
constexpr const char* kInheritances =
    "SELECT step, inheritance FROM births WHERE run = ?1 AND step > ?2 AND step <= ?3 AND inheritance IS NOT NULL "
    "ORDER BY step";

/// Type and value of every column of every row.
void add(Fingerprint& digest, SQLite::Statement& rows) {
    while (rows.executeStep()) {
        digest.add("row");
        for (int index = 0; index < rows.getColumnCount(); ++index) {
            const auto column = rows.getColumn(index);
            digest.add(static_cast<std::uint64_t>(column.getType()));
            if (column.isInteger()) digest.add(static_cast<std::uint64_t>(column.getInt64()));
            if (column.isFloat()) digest.add(std::bit_cast<std::uint64_t>(column.getDouble()));
            if (!column.isText() && !column.isBlob()) continue;
            digest.add(std::string_view(static_cast<const char*>(column.getBlob()),
                                        static_cast<std::size_t>(column.getBytes())));
        }
    }
}

std::string digestOf(const SQLite::Database& database, RunId run, SealedPart part) {
    Fingerprint digest;
    for (const auto* sql : queriesOf(part)) {
        SQLite::Statement rows(database, sql);
        rows.bind(1, run.value);
        digest.add("rows");
        add(digest, rows);
    }
    if (part == SealedPart::Description) {
        SQLite::Statement genes(database, kGenes);
        genes.bind(1, run.value);
        add(digest, genes);
    }
    return digest.hex();
}

std::string digestOfBirths(const SQLite::Database& database, RunId run, const std::string& before, std::uint64_t after,
                           std::uint64_t last, const BirthCounters& counters) {
    Fingerprint digest;
    digest.add(std::string_view(before));
    digest.add(last);
    digest.add(counters.accepted);
    digest.add(std::bit_cast<std::uint64_t>(counters.seconds));
    digest.add(counters.samplesScored);
    digest.add(counters.samplesSaved);
    for (const auto* sql : {kBirths, kChromosomes, kInheritances}) {
        SQLite::Statement births(database, sql);
        births.bind(1, run.value);
        births.bind(2, stored(after));
        births.bind(3, stored(last));
        add(digest, births);
    }
    return digest.hex();
}

}  // namespace

void Seals::seal(SealedPart part) {
    SQLite::Statement insert(database_, "INSERT OR REPLACE INTO seals (run, part, digest) VALUES (?, ?, ?)");
    insert.bind(1, run_.value);
    insert.bind(2, std::string(nameOf(part)));
    insert.bind(3, digestOf(database_, run_, part));
    insert.exec();
}

void Seals::sealBirths(std::uint64_t evaluations, const BirthCounters& counters) {
    SQLite::Statement last(
        database_, "SELECT step, digest FROM birth_seals WHERE run = ? AND step < ? ORDER BY step DESC LIMIT 1");
    last.bind(1, run_.value);
    last.bind(2, stored(evaluations));
    const bool first = !last.executeStep();
    const auto after = first ? 0 : static_cast<std::uint64_t>(last.getColumn(0).getInt64());
    const auto before = first ? std::string() : last.getColumn(1).getString();
    SQLite::Statement insert(database_,
                             "INSERT OR REPLACE INTO birth_seals (run, step, digest, accepted, seconds, "
                             "samples_scored, samples_saved) VALUES (?, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, run_.value);
    insert.bind(2, stored(evaluations));
    insert.bind(3, digestOfBirths(database_, run_, before, after, evaluations, counters));
    insert.bind(4, stored(counters.accepted));
    insert.bind(5, counters.seconds);
    insert.bind(6, stored(counters.samplesScored));
    insert.bind(7, stored(counters.samplesSaved));
    insert.exec();
}

void Seals::sealAll() { sealAll(kParts); }

void Seals::sealAll(std::span<const SealedPart> parts) {
    SQLite::Statement standing(
        database_, "SELECT evaluations, accepted, seconds, samples_scored, samples_saved FROM runs WHERE run = ?");
    standing.bind(1, run_.value);
    if (!standing.executeStep()) return;
    const auto unsignedOf = [&](int index) { return static_cast<std::uint64_t>(standing.getColumn(index).getInt64()); };
    sealBirths(unsignedOf(0), {.accepted = unsignedOf(1),
                               .seconds = standing.getColumn(2).getDouble(),
                               .samplesScored = unsignedOf(3),
                               .samplesSaved = unsignedOf(4)});
    for (const auto part : parts) seal(part);
}

bool isSealed(const SQLite::Database& database, RunId run, SealedPart part) {
    SQLite::Statement seal(database, "SELECT digest FROM seals WHERE run = ? AND part = ?");
    seal.bind(1, run.value);
    seal.bind(2, std::string(nameOf(part)));
    return seal.executeStep() && seal.getColumn(0).getString() == digestOf(database, run, part);
}

Inspection inspect(const SQLite::Database& database, RunId run) {
    Inspection found;
    for (const auto part : kParts)
        if (!isSealed(database, run, part)) found.broken.insert(part);

    SQLite::Statement seals(database,
                            "SELECT step, digest, accepted, seconds, samples_scored, samples_saved FROM birth_seals "
                            "WHERE run = ? ORDER BY step");
    seals.bind(1, run.value);
    std::string before;
    while (!found.birthsBroken && seals.executeStep()) {
        const auto unsignedOf = [&](int index) {
            return static_cast<std::uint64_t>(seals.getColumn(index).getInt64());
        };
        const BirthCounters counters{.accepted = unsignedOf(2),
                                     .seconds = seals.getColumn(3).getDouble(),
                                     .samplesScored = unsignedOf(4),
                                     .samplesSaved = unsignedOf(5)};
        auto digest = digestOfBirths(database, run, before, found.wholeUntil, unsignedOf(0), counters);
        if (seals.getColumn(1).getString() != digest) {
            found.birthsBroken = true;
        } else {
            found.wholeUntil = unsignedOf(0);
            found.counters = counters;
            before = std::move(digest);
        }
    }
    // A standing that holds says how many births there must be, and none may be there that no seal knows.
    SQLite::Statement behind(database,
                             "SELECT (SELECT evaluations FROM runs WHERE run = ?1) > ?2 OR EXISTS (SELECT 1 FROM "
                             "births WHERE run = ?1 AND step > ?2)");
    behind.bind(1, run.value);
    behind.bind(2, stored(found.wholeUntil));
    if (behind.executeStep() && behind.getColumn(0).getInt() != 0) found.birthsBroken = true;
    return found;
}

void goBack(SQLite::Database& database, RunId run, const Inspection& inspection) {
    const auto step = stored(inspection.wholeUntil);
    const auto remove = [&](const std::string& sql, bool all) {
        SQLite::Statement statement(database, sql);
        statement.bind(1, run.value);
        statement.bind(2, all ? -1 : step);
        statement.exec();
    };
    const auto isBroken = [&](SealedPart part) { return inspection.broken.contains(part); };
    const char* members = "AND member > (SELECT max(member) FROM founders WHERE run = ?1) + ?2";
    remove("DELETE FROM births WHERE run = ?1 AND step > ?2", false);
    remove("DELETE FROM birth_seals WHERE run = ?1 AND step > ?2", false);
    remove("DELETE FROM progress WHERE run = ?1 AND step > ?2", isBroken(SealedPart::ProgressCurve));
    remove(fmt::format("DELETE FROM tests WHERE run = ?1 {}", members), false);
    remove(fmt::format("DELETE FROM answers WHERE run = ?1 {}", members), false);
    for (const char* table : {"painters", "pictures"})
        remove(fmt::format("DELETE FROM {} WHERE run = ?1 {}", table, members), false);
    remove("UPDATE painters SET gone = NULL WHERE run = ?1 AND gone > ?2", false);
    if (isBroken(SealedPart::Tests)) remove("DELETE FROM tests WHERE run = ?1 AND member > ?2", true);
    if (isBroken(SealedPart::Answers)) remove("DELETE FROM answers WHERE run = ?1 AND member > ?2", true);
    for (const char* table : {"checkpoints", "strategy_states"})
        remove(fmt::format("DELETE FROM {} WHERE run = ?1 AND step > ?2", table), isBroken(SealedPart::Checkpoint));

    const auto& counters = inspection.counters;
    SQLite::Statement update(database,
                             "UPDATE runs SET phase = ?, message = '', owner = '', evaluations = ?, accepted = ?, "
                             "seconds = ?, best_train = 0, best_test = 0, archive_hash = '', samples_scored = ?, "
                             "samples_saved = ? WHERE run = ?");
    update.bind(1, std::string(nameOf(Phase::Stopped)));
    update.bind(2, step);
    update.bind(3, stored(counters.accepted));
    update.bind(4, counters.seconds);
    update.bind(5, stored(counters.samplesScored));
    update.bind(6, stored(counters.samplesSaved));
    update.bind(7, run.value);
    update.exec();
    Seals(database, run).sealAll();
}

}  // namespace mergarium
