#include "core/store/run_catalog.h"

#include "core/archive/archive.h"
#include "core/genome/dense_genome.h"
#include "core/genome/recipe_genome.h"
#include "core/store/database.h"
#include "core/store/encoding.h"
#include "core/store/run_claim.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <sstream>

namespace mergarium {
namespace {

constexpr std::size_t kSparklinePoints = 60;

std::span<const std::byte> blobOf(const SQLite::Column& column) {
    return {static_cast<const std::byte*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

std::uint64_t unsignedOf(const SQLite::Column& column) { return static_cast<std::uint64_t>(column.getInt64()); }

Phase phaseOf(const std::string& name, const std::string& owner) {
    for (const auto phase : {Phase::Running, Phase::Paused})
        if (name == nameOf(phase)) return isHeld(owner) ? phase : Phase::Interrupted;
    for (const auto phase : {Phase::Finished, Phase::Stopped, Phase::Failed})
        if (name == nameOf(phase)) return phase;
    return Phase::Interrupted;
}

Interpolation interpolationOf(const std::string& name) {
    for (const auto one : kInterpolations)
        if (name == nameOf(one)) return one;
    throw StoreError(fmt::format("The run database holds the unknown interpolation '{}'; update Mergarium.", name));
}

// The columns of a birth that make a Member, in the order that memberOf reads.
constexpr const char* kMemberColumns = "slot, step, first, second, splits, ratio, interpolation, sigma, mutation_seed, scores";

Member memberOf(SQLite::Statement& row, std::size_t founders, std::size_t samples) {
    std::optional<Parentage> parentage;
    if (!row.getColumn(2).isNull()) {
        Splice splice{.splits = unpackIntegers(blobOf(row.getColumn(4))),
                      .ratio = row.getColumn(5).getDouble(),
                      .interpolation = interpolationOf(row.getColumn(6).getString())};
        if (!row.getColumn(7).isNull()) splice.mutation = Mutation{row.getColumn(7).getDouble(), unsignedOf(row.getColumn(8))};
        parentage = Parentage{{unsignedOf(row.getColumn(2))}, {unsignedOf(row.getColumn(3))}, std::move(splice)};
    }
    const auto step = unsignedOf(row.getColumn(1));
    return {.id = {founders + step},
            .genome = nullptr,
            .scores = unpackScores(blobOf(row.getColumn(9)), samples),
            .parentage = std::move(parentage),
            .born = step};
}

}  // namespace

struct RunCatalog::Connection {
    explicit Connection(const std::filesystem::path& database) : path(database), sqlite(openDatabase(database, Access::Read)) {}

    std::filesystem::path path;
    mutable SQLite::Database sqlite;

    SQLite::Statement query(const std::string& sql, RunId run) const {
        SQLite::Statement statement(sqlite, sql);
        statement.bind(1, run.value);
        return statement;
    }

    /// Calls `read` in one read transaction, so that a run that is going on is seen at one moment.
    template <typename Read>
    auto reading(Read&& read) const {
        try {
            SQLite::Transaction transaction(sqlite, SQLite::TransactionBehavior::DEFERRED);
            return read();
        } catch (const SQLite::Exception& error) {
            throwExplained(error, path);
        } catch (const StoreError&) {
            throw;
        } catch (const std::runtime_error& error) {
            throw StoreError(fmt::format("{}: {}", path.string(), error.what()));
        }
    }

    std::vector<MemberPtr> founders(RunId run, std::size_t samples) const {
        std::vector<MemberPtr> members;
        auto rows = query("SELECT member, scores FROM founders WHERE run = ? ORDER BY member", run);
        while (rows.executeStep())
            members.push_back(std::make_shared<const Member>(Member{.id = {unsignedOf(rows.getColumn(0))},
                                                                    .genome = nullptr,
                                                                    .scores = unpackScores(blobOf(rows.getColumn(1)), samples),
                                                                    .parentage = std::nullopt,
                                                                    .born = 0}));
        return members;
    }

    /// Packed, of founders stored with the run and of the last checkpoint.
    std::map<MemberId, std::vector<std::byte>> genomes(RunId run) const {
        std::map<MemberId, std::vector<std::byte>> packed;
        for (const char* sql : {"SELECT member, genome FROM founders WHERE run = ? AND genome IS NOT NULL",
                                "SELECT member, genome FROM checkpoints WHERE run = ?"}) {
            auto rows = query(sql, run);
            while (rows.executeStep()) {
                const auto blob = blobOf(rows.getColumn(1));
                packed[{unsignedOf(rows.getColumn(0))}] = {blob.begin(), blob.end()};
            }
        }
        return packed;
    }

    /// Adds genomes, to be looked at, and answers to the members that they are stored of.
    void complete(RunId run, const RunDescription& description, std::vector<MemberPtr>& members) const {
        auto packed = genomes(run);
        const bool dense = std::holds_alternative<DigitsFounders>(description.configuration.founders);
        std::map<MemberId, AnswersPtr> answers;
        auto rows = query("SELECT member, texts FROM answers WHERE run = ?", run);
        while (rows.executeStep())
            answers[{unsignedOf(rows.getColumn(0))}] = std::make_shared<const std::vector<std::string>>(unpackTexts(blobOf(rows.getColumn(1))));
        for (auto& member : members) {
            if (!member) continue;
            Member completed = *member;
            if (const auto found = packed.find(member->id); found != packed.end())
                completed.genome = dense ? DenseGenome::unpack(found->second, description.layout.length())
                                         : std::make_shared<const RecipeGenome>(unpackRecipe(found->second));
            else if (!dense && !member->parentage && member->id.value <= description.founders.size())
                completed.genome = std::make_shared<const RecipeGenome>(
                    founderRecipe(member->id.value - 1, description.founders.size(), description.layout.length()));
            if (const auto found = answers.find(member->id); found != answers.end()) completed.answers = found->second;
            member = std::make_shared<const Member>(std::move(completed));
        }
    }

    /// Who sat in which slot after `step` evaluations; children without genomes.
    std::vector<MemberPtr> slotsAt(RunId run, std::uint64_t step, std::size_t size, const std::vector<MemberPtr>& founders,
                                   std::size_t samples) const {
        std::vector<MemberPtr> slots(size);
        auto seats = query("SELECT member, slot FROM founders WHERE run = ? AND slot IS NOT NULL", run);
        while (seats.executeStep()) {
            const auto founder = unsignedOf(seats.getColumn(0)) - 1;
            const auto slot = static_cast<std::size_t>(seats.getColumn(1).getInt64());
            if (slot >= size || founder >= founders.size()) throw std::runtime_error("A stored founder sits outside its archive; the database is damaged.");
            slots[slot] = founders[founder];
        }
        auto rows = query(fmt::format("SELECT {} FROM births WHERE run = ?1 AND slot IS NOT NULL AND step IN (SELECT MAX(step) FROM births "
                                      "WHERE run = ?1 AND slot IS NOT NULL AND step <= ?2 GROUP BY slot)",
                                      kMemberColumns),
                          run);
        rows.bind(2, static_cast<std::int64_t>(step));
        while (rows.executeStep()) {
            const auto slot = static_cast<std::size_t>(rows.getColumn(0).getInt64());
            if (slot >= size) throw std::runtime_error("A stored member sits outside its archive; the database is damaged.");
            slots[slot] = std::make_shared<const Member>(memberOf(rows, founders.size(), samples));
        }
        return slots;
    }

    std::size_t sampleCount(RunId run) const {
        auto rows = query("SELECT samples FROM runs WHERE run = ?", run);
        if (!rows.executeStep()) throw StoreError(fmt::format("{}: there is no run {}.", path.string(), run.value));
        return static_cast<std::size_t>(rows.getColumn(0).getInt64());
    }

    std::shared_ptr<const RunDescription> describe(RunId run, const std::string& yaml, const std::string& device, const std::string& samplesHash) const {
        RunDescription description;
        description.id = run;
        description.configuration = parseConfiguration(yaml, fmt::format("run {}", run.value));
        description.device = device;
        description.samplesHash = samplesHash;
        auto founders = query("SELECT member, name, train, test, path, adapter, hash FROM founders WHERE run = ? ORDER BY member", run);
        while (founders.executeStep())
            description.founders.push_back({.id = {unsignedOf(founders.getColumn(0))},
                                            .name = founders.getColumn(1).getString(),
                                            .train = founders.getColumn(2).getDouble(),
                                            .test = founders.getColumn(3).getDouble(),
                                            .source = {founders.getColumn(4).getString(), founders.getColumn(5).getString()},
                                            .hash = founders.getColumn(6).getString()});
        auto aliases = query("SELECT name, of FROM aliases WHERE run = ? ORDER BY name", run);
        while (aliases.executeStep()) description.layout.aliases.push_back({aliases.getColumn(0).getString(), aliases.getColumn(1).getString()});
        auto tensors = query("SELECT name, shape, dtype, founder FROM tensors WHERE run = ? ORDER BY position", run);
        while (tensors.executeStep()) {
            std::istringstream words(tensors.getColumn(1).getString());
            std::vector<std::int64_t> shape;
            for (std::int64_t extent = 0; words >> extent;) shape.push_back(extent);
            const auto dtype = dtypeOf(tensors.getColumn(2).getString());
            if (!dtype) throw std::runtime_error("A stored tensor has an unknown dtype; the database is damaged.");
            if (tensors.getColumn(3).isNull())
                description.layout.append(tensors.getColumn(0).getString(), std::move(shape), *dtype);
            else
                description.layout.freeze(tensors.getColumn(0).getString(), std::move(shape), *dtype,
                                          static_cast<std::size_t>(tensors.getColumn(3).getInt64()));
        }
        return std::make_shared<const RunDescription>(std::move(description));
    }

    std::shared_ptr<const std::vector<ProgressPoint>> curve(RunId run) const {
        std::vector<ProgressPoint> points;
        auto rows = query("SELECT step, best_train, mean_train, best_test, coverage, disagreement, entropy FROM progress WHERE run = ? ORDER BY step", run);
        while (rows.executeStep())
            points.push_back({unsignedOf(rows.getColumn(0)), rows.getColumn(1).getDouble(), rows.getColumn(2).getDouble(),
                              rows.getColumn(3).getDouble(), rows.getColumn(4).getDouble(), rows.getColumn(5).getDouble(),
                              rows.getColumn(6).getDouble()});
        return std::make_shared<const std::vector<ProgressPoint>>(std::move(points));
    }

    std::vector<Pairing> pairings(RunId run, std::size_t founders, const std::string& tail) const {
        std::vector<Pairing> found;
        auto rows = query("SELECT step, first, second, train, slot, replaced, scored, failure FROM births WHERE run = ? ORDER BY step " + tail, run);
        while (rows.executeStep()) {
            const auto step = unsignedOf(rows.getColumn(0));
            Pairing pairing{.step = step,
                            .first = {unsignedOf(rows.getColumn(1))},
                            .second = {unsignedOf(rows.getColumn(2))},
                            .child = {founders + step},
                            .childTrain = rows.getColumn(3).getDouble(),
                            .accepted = !rows.getColumn(4).isNull(),
                            .replaced = std::nullopt};
            if (!rows.getColumn(5).isNull()) pairing.replaced = MemberId{unsignedOf(rows.getColumn(5))};
            if (!rows.getColumn(6).isNull()) pairing.scored = unsignedOf(rows.getColumn(6));
            if (!rows.getColumn(7).isNull()) pairing.failure = rows.getColumn(7).getString();
            found.push_back(pairing);
        }
        return found;
    }

    SessionSnapshot snapshot(RunId run) const {
        auto row = query(
            "SELECT configuration, phase, owner, message, evaluations, budget, accepted, seconds, archive_hash, device, samples_scored, samples_saved, "
            "samples_hash FROM runs WHERE run = ?",
            run);
        if (!row.executeStep()) throw StoreError(fmt::format("{}: there is no run {}.", path.string(), run.value));
        SessionSnapshot snapshot;
        snapshot.run = describe(run, row.getColumn(0).getString(), row.getColumn(9).getString(), row.getColumn(12).getString());
        snapshot.phase = phaseOf(row.getColumn(1).getString(), row.getColumn(2).getString());
        snapshot.message = row.getColumn(3).getString();
        snapshot.evaluations = unsignedOf(row.getColumn(4));
        snapshot.budget = unsignedOf(row.getColumn(5));
        snapshot.accepted = unsignedOf(row.getColumn(6));
        snapshot.seconds = row.getColumn(7).getDouble();
        snapshot.archiveHash = row.getColumn(8).getString();
        snapshot.samplesScored = unsignedOf(row.getColumn(10));
        snapshot.samplesSaved = unsignedOf(row.getColumn(11));

        const auto samples = sampleCount(run);
        const auto& configuration = snapshot.run->configuration;
        const auto founderMembers = founders(run, samples);
        snapshot.members = slotsAt(run, snapshot.evaluations, slotCount(configuration), founderMembers, samples);
        Archive archive(slotCount(configuration), samples, configuration.competition);
        complete(run, *snapshot.run, snapshot.members);
        for (std::size_t slot = 0; slot < snapshot.members.size(); ++slot) archive.place(slot, snapshot.members[slot]);
        snapshot.fitness = archive.fitness();

        snapshot.test.resize(snapshot.members.size());
        std::map<MemberId, double> tests;
        for (const auto& founder : snapshot.run->founders) tests[founder.id] = founder.test;
        auto tested = query("SELECT member, score FROM tests WHERE run = ?", run);
        while (tested.executeStep()) tests[{unsignedOf(tested.getColumn(0))}] = tested.getColumn(1).getDouble();
        for (std::size_t slot = 0; slot < snapshot.members.size(); ++slot)
            if (snapshot.members[slot])
                if (const auto found = tests.find(snapshot.members[slot]->id); found != tests.end()) snapshot.test[slot] = found->second;

        snapshot.curve = curve(run);
        snapshot.pairings = pairings(run, founderMembers.size(), fmt::format("DESC LIMIT {}", SessionSnapshot::kPairingsKept));
        std::reverse(snapshot.pairings.begin(), snapshot.pairings.end());
        return snapshot;
    }

    Ancestry ancestry(RunId run, MemberId member) const {
        Ancestry ancestry{.line = {}, .genomes = genomes(run)};
        const auto samples = sampleCount(run);
        const auto founderMembers = founders(run, samples);
        auto rows = query(fmt::format("WITH RECURSIVE line(step) AS (SELECT ?2 - ?3 "
                                      "UNION SELECT first - ?3 FROM births JOIN line USING (step) WHERE run = ?1 AND first > ?3 "
                                      "UNION SELECT second - ?3 FROM births JOIN line USING (step) WHERE run = ?1 AND second > ?3) "
                                      "SELECT {} FROM births JOIN line USING (step) WHERE run = ?1 AND slot IS NOT NULL ORDER BY step",
                                      kMemberColumns),
                          run);
        rows.bind(2, static_cast<std::int64_t>(member.value));
        rows.bind(3, static_cast<std::int64_t>(founderMembers.size()));
        for (const auto& founder : founderMembers)
            if (member.value > founderMembers.size() || founder->id == member) ancestry.line.push_back(founder);
        while (rows.executeStep()) ancestry.line.push_back(std::make_shared<const Member>(memberOf(rows, founderMembers.size(), samples)));
        if (ancestry.line.empty() || ancestry.line.back()->id != member)
            throw StoreError(fmt::format("{}: run {} has no model {}; children that were rejected are not kept.", path.string(), run.value, member.value));
        return ancestry;
    }

    ResumePoint resumePoint(RunId run) const {
        ResumePoint point{.snapshot = snapshot(run), .founders = {}, .slots = {}, .genomes = genomes(run), .state = {}, .step = 0, .births = {}};
        const auto samples = sampleCount(run);
        point.founders = founders(run, samples);
        const auto size = point.snapshot.members.size();

        auto step = query("SELECT MAX(step) FROM checkpoints WHERE run = ?", run);
        if (step.executeStep() && !step.getColumn(0).isNull()) point.step = unsignedOf(step.getColumn(0));
        point.slots = slotsAt(run, point.step, size, point.founders, samples);
        auto kept = query("SELECT slot, member FROM checkpoints WHERE run = ?", run);
        while (kept.executeStep()) {
            const auto slot = static_cast<std::size_t>(kept.getColumn(0).getInt64());
            if (slot >= size || !point.slots[slot] || point.slots[slot]->id.value != unsignedOf(kept.getColumn(1)))
                throw std::runtime_error("The stored checkpoint doesn't fit the stored births; the database is damaged.");
        }
        auto state = query("SELECT state FROM strategy_states WHERE run = ?", run);
        if (state.executeStep()) {
            const auto blob = blobOf(state.getColumn(0));
            point.state.assign(blob.begin(), blob.end());
        }

        auto births = query(fmt::format("SELECT {}, train FROM births WHERE run = ?1 AND step > ?2 ORDER BY step", kMemberColumns), run);
        births.bind(2, static_cast<std::int64_t>(point.step));
        while (births.executeStep()) {
            StoredBirth birth{.step = unsignedOf(births.getColumn(1)), .train = births.getColumn(10).getDouble(), .slot = std::nullopt, .child = nullptr};
            if (!births.getColumn(0).isNull()) {
                birth.slot = static_cast<std::size_t>(births.getColumn(0).getInt64());
                if (*birth.slot >= size) throw std::runtime_error("A stored member sits outside its archive; the database is damaged.");
                birth.child = std::make_shared<const Member>(memberOf(births, point.founders.size(), samples));
            }
            point.births.push_back(std::move(birth));
        }
        return point;
    }
};

RunCatalog::RunCatalog(const std::filesystem::path& database) : connection_(std::make_unique<Connection>(database)) {}
RunCatalog::~RunCatalog() = default;
RunCatalog::RunCatalog(RunCatalog&&) noexcept = default;
RunCatalog& RunCatalog::operator=(RunCatalog&&) noexcept = default;

std::vector<RunSummary> RunCatalog::runs() const {
    return connection_->reading([&] {
        std::vector<RunSummary> summaries;
        SQLite::Statement rows(connection_->sqlite,
                               "SELECT run, name, phase, owner, message, created, configuration, evaluations, budget, seconds, "
                               "best_train, best_test, sweep, arm FROM runs ORDER BY run DESC");
        while (rows.executeStep()) {
            const auto created = static_cast<std::time_t>(rows.getColumn(5).getInt64());
            RunSummary summary;
            summary.id = {rows.getColumn(0).getInt64()};
            summary.name = rows.getColumn(1).getString();
            summary.phase = phaseOf(rows.getColumn(2).getString(), rows.getColumn(3).getString());
            summary.message = rows.getColumn(4).getString();
            summary.created = fmt::format("{:%Y-%m-%d %H:%M}", fmt::localtime(created));
            summary.seed = parseConfiguration(rows.getColumn(6).getString(), fmt::format("run {}", summary.id.value)).seed;
            summary.evaluations = static_cast<std::uint64_t>(rows.getColumn(7).getInt64());
            summary.budget = static_cast<std::uint64_t>(rows.getColumn(8).getInt64());
            summary.seconds = rows.getColumn(9).getDouble();
            summary.bestTrain = rows.getColumn(10).getDouble();
            summary.bestTest = rows.getColumn(11).getDouble();
            summary.sweep = rows.getColumn(12).getString();
            summary.arm = rows.getColumn(13).getString();
            summaries.push_back(std::move(summary));
        }
        SQLite::Statement points(connection_->sqlite,
                                 "SELECT best_train FROM (SELECT best_train, step, row_number() OVER (ORDER BY step) AS place, "
                                 "count(*) OVER () AS total FROM progress WHERE run = ?1) WHERE place % (total / ?2 + 1) = 0 OR place = total ORDER BY step");
        for (auto& summary : summaries) {
            points.bind(1, summary.id.value);
            points.bind(2, static_cast<std::int64_t>(kSparklinePoints));
            while (points.executeStep()) summary.sparkline.push_back(static_cast<float>(points.getColumn(0).getDouble()));
            points.reset();
        }
        return summaries;
    });
}

SessionSnapshot RunCatalog::snapshot(RunId run) const {
    return connection_->reading([&] { return connection_->snapshot(run); });
}

ResumePoint RunCatalog::resumePoint(RunId run) const {
    return connection_->reading([&] { return connection_->resumePoint(run); });
}

Ancestry RunCatalog::ancestry(RunId run, MemberId member) const {
    return connection_->reading([&] { return connection_->ancestry(run, member); });
}

RunConfiguration RunCatalog::configuration(RunId run) const {
    return connection_->reading([&] {
        auto row = connection_->query("SELECT configuration FROM runs WHERE run = ?", run);
        if (!row.executeStep()) throw StoreError(fmt::format("{}: there is no run {}.", connection_->path.string(), run.value));
        return parseConfiguration(row.getColumn(0).getString(), fmt::format("run {}", run.value));
    });
}

std::vector<ProgressPoint> RunCatalog::curve(RunId run) const {
    return connection_->reading([&] { return *connection_->curve(run); });
}

std::vector<Pairing> RunCatalog::births(RunId run) const {
    return connection_->reading([&] {
        auto counted = connection_->query("SELECT count(*) FROM founders WHERE run = ?", run);
        counted.executeStep();
        return connection_->pairings(run, static_cast<std::size_t>(counted.getColumn(0).getInt64()), "");
    });
}

void deleteRun(const std::filesystem::path& database, RunId run) {
    auto connection = openDatabase(database, Access::Write);
    try {
        SQLite::Transaction transaction(connection, SQLite::TransactionBehavior::IMMEDIATE);
        SQLite::Statement find(connection, "SELECT owner FROM runs WHERE run = ?");
        find.bind(1, run.value);
        if (!find.executeStep()) throw StoreError(fmt::format("{}: there is no run {}.", database.string(), run.value));
        if (isHeld(find.getColumn(0).getString()))
            throw StoreError(fmt::format("{}: run {} is going on; stop it before deleting it.", database.string(), run.value));
        SQLite::Statement remove(connection, "DELETE FROM runs WHERE run = ?");
        remove.bind(1, run.value);
        remove.exec();
        transaction.commit();
    } catch (const SQLite::Exception& error) {
        throwExplained(error, database);
    }
}

}  // namespace mergarium
