#include "core/store/stored_run.h"

#include "core/configuration/yaml.h"
#include "core/genome/dense_genome.h"
#include "core/genome/recipe_genome.h"
#include "core/store/encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

namespace mergarium {
namespace {

std::span<const std::byte> blobOf(const SQLite::Column& column) {
    return {static_cast<const std::byte*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

std::uint64_t unsignedOf(const SQLite::Column& column) { return static_cast<std::uint64_t>(column.getInt64()); }

std::vector<double> weightsOf(const SQLite::Column& column, std::size_t samples) {
    auto weights = unpackDoubles(blobOf(column));
    if (weights.size() != samples ||
        !std::ranges::all_of(weights, [](double weight) { return std::isfinite(weight) && weight > 0.0; }))
        throw std::runtime_error("The stored weights of the samples don't fit the run; the database is damaged.");
    return weights;
}

GenomeKind genomesOf(const std::string& name) {
    for (const auto kind : {GenomeKind::Dense, GenomeKind::Recipe})
        if (name == nameOf(kind)) return kind;
    throw std::runtime_error(fmt::format("The run's genomes are of the unknown kind '{}'; update Mergarium.", name));
}

Interpolation interpolationOf(const std::string& name) {
    for (const auto one : kInterpolations)
        if (name == nameOf(one)) return one;
    throw std::runtime_error(
        fmt::format("The run database holds the unknown interpolation '{}'; update Mergarium.", name));
}

// The columns of a birth that make a Member, in the order that memberOf reads.
constexpr const char* kMemberColumns =
    "slot, step, first, second, splits, ratio, interpolation, sigma, mutation_seed, scores";

Member memberOf(SQLite::Statement& row, std::size_t founders, std::size_t samples) {
    std::optional<Parentage> parentage;
    if (!row.getColumn(2).isNull()) {
        Splice splice{.splits = unpackIntegers(blobOf(row.getColumn(4))),
                      .ratio = row.getColumn(5).getDouble(),
                      .interpolation = interpolationOf(row.getColumn(6).getString())};
        if (!row.getColumn(7).isNull())
            splice.mutation = Mutation{row.getColumn(7).getDouble(), unsignedOf(row.getColumn(8))};
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

std::vector<ProgressPoint> curveOf(const SQLite::Database& database, RunId run) {
    std::vector<ProgressPoint> points;
    SQLite::Statement rows(database,
                           "SELECT step, best_train, mean_train, best_test, coverage, disagreement, entropy FROM "
                           "progress WHERE run = ? ORDER BY step");
    rows.bind(1, run.value);
    while (rows.executeStep())
        points.push_back({unsignedOf(rows.getColumn(0)), rows.getColumn(1).getDouble(), rows.getColumn(2).getDouble(),
                          rows.getColumn(3).getDouble(), rows.getColumn(4).getDouble(), rows.getColumn(5).getDouble(),
                          rows.getColumn(6).getDouble()});
    return points;
}

StoredRun::StoredRun(const SQLite::Database& database, RunId run) : database_(database), run_(run) {
    auto row = query("SELECT samples FROM runs WHERE run = ?");
    if (!row.executeStep()) throw std::runtime_error(fmt::format("there is no run {}.", run.value));
    samples_ = static_cast<std::size_t>(row.getColumn(0).getInt64());
    founders_ = readFounders();
}

SQLite::Statement StoredRun::query(const std::string& sql) const {
    SQLite::Statement statement(database_, sql);
    statement.bind(1, run_.value);
    return statement;
}

std::vector<MemberPtr> StoredRun::readFounders() const {
    std::vector<MemberPtr> members;
    auto rows = query("SELECT member, scores FROM founders WHERE run = ? ORDER BY member");
    while (rows.executeStep())
        members.push_back(
            std::make_shared<const Member>(Member{.id = {unsignedOf(rows.getColumn(0))},
                                                  .genome = nullptr,
                                                  .scores = unpackScores(blobOf(rows.getColumn(1)), samples_),
                                                  .parentage = std::nullopt,
                                                  .born = 0}));
    return members;
}

std::map<MemberId, std::vector<std::byte>> StoredRun::genomes() const {
    std::map<MemberId, std::vector<std::byte>> packed;
    for (const char* sql : {"SELECT member, genome FROM founders WHERE run = ? AND genome IS NOT NULL",
                            "SELECT member, genome FROM checkpoints WHERE run = ?"}) {
        auto rows = query(sql);
        while (rows.executeStep()) {
            const auto blob = blobOf(rows.getColumn(1));
            packed[{unsignedOf(rows.getColumn(0))}] = {blob.begin(), blob.end()};
        }
    }
    return packed;
}

void StoredRun::complete(const RunDescription& description, std::vector<MemberPtr>& members) const {
    auto packed = genomes();
    const bool dense = description.genomes == GenomeKind::Dense;
    std::map<MemberId, AnswersPtr> answers;
    auto rows = query("SELECT member, texts FROM answers WHERE run = ?");
    while (rows.executeStep())
        answers[{unsignedOf(rows.getColumn(0))}] =
            std::make_shared<const std::vector<std::string>>(unpackTexts(blobOf(rows.getColumn(1))));
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

std::vector<MemberPtr> StoredRun::slotsAt(std::uint64_t step, std::size_t size) const {
    std::vector<MemberPtr> slots(size);
    auto seats = query("SELECT member, slot FROM founders WHERE run = ? AND slot IS NOT NULL");
    while (seats.executeStep()) {
        const auto founder = unsignedOf(seats.getColumn(0)) - 1;
        const auto slot = static_cast<std::size_t>(seats.getColumn(1).getInt64());
        if (slot >= size || founder >= founders_.size())
            throw std::runtime_error("A stored founder sits outside its archive; the database is damaged.");
        slots[slot] = founders_[founder];
    }
    auto rows = query(fmt::format(
        "SELECT {} FROM births WHERE run = ?1 AND slot IS NOT NULL AND step IN (SELECT MAX(step) FROM births "
        "WHERE run = ?1 AND slot IS NOT NULL AND step <= ?2 GROUP BY slot)",
        kMemberColumns));
    rows.bind(2, static_cast<std::int64_t>(step));
    while (rows.executeStep()) {
        const auto slot = static_cast<std::size_t>(rows.getColumn(0).getInt64());
        if (slot >= size)
            throw std::runtime_error("A stored member sits outside its archive; the database is damaged.");
        slots[slot] = std::make_shared<const Member>(memberOf(rows, founders_.size(), samples_));
    }
    return slots;
}

std::shared_ptr<const RunDescription> StoredRun::describe() const {
    RunDescription description;
    description.id = run_;
    auto row = query("SELECT configuration, device, samples_hash, sample_weights, genomes FROM runs WHERE run = ?");
    row.executeStep();
    description.configuration =
        parseStoredConfiguration(row.getColumn(0).getString(), fmt::format("run {}", run_.value));
    description.device = row.getColumn(1).getString();
    description.samplesHash = row.getColumn(2).getString();
    if (!row.getColumn(3).isNull()) description.sampleWeights = weightsOf(row.getColumn(3), samples_);
    description.genomes = genomesOf(row.getColumn(4).getString());
    auto founders =
        query("SELECT member, name, train, test, path, adapter, hash FROM founders WHERE run = ? ORDER BY member");
    while (founders.executeStep())
        description.founders.push_back(
            {.id = {unsignedOf(founders.getColumn(0))},
             .name = founders.getColumn(1).getString(),
             .train = founders.getColumn(2).getDouble(),
             .test = founders.getColumn(3).getDouble(),
             .source = {founders.getColumn(4).getString(), founders.getColumn(5).getString()},
             .hash = founders.getColumn(6).getString()});
    auto aliases = query("SELECT name, of FROM aliases WHERE run = ? ORDER BY name");
    while (aliases.executeStep())
        description.layout.aliases.push_back({aliases.getColumn(0).getString(), aliases.getColumn(1).getString()});
    auto tensors = query("SELECT name, shape, dtype, founder FROM tensors WHERE run = ? ORDER BY position");
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

std::vector<Pairing> StoredRun::pairings(const std::string& tail) const {
    std::vector<Pairing> found;
    auto rows = query(
        "SELECT step, first, second, train, slot, replaced, scored, failure FROM births WHERE run = ? ORDER BY step " +
        tail);
    while (rows.executeStep()) {
        const auto step = unsignedOf(rows.getColumn(0));
        Pairing pairing{.step = step,
                        .first = {unsignedOf(rows.getColumn(1))},
                        .second = {unsignedOf(rows.getColumn(2))},
                        .child = {founders_.size() + step},
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

std::vector<MemberPtr> StoredRun::lineOf(MemberId member) const {
    std::vector<MemberPtr> line;
    auto rows = query(
        fmt::format("WITH RECURSIVE line(step) AS (SELECT ?2 - ?3 "
                    "UNION SELECT first - ?3 FROM births JOIN line USING (step) WHERE run = ?1 AND first > ?3 "
                    "UNION SELECT second - ?3 FROM births JOIN line USING (step) WHERE run = ?1 AND second > ?3) "
                    "SELECT {} FROM births JOIN line USING (step) WHERE run = ?1 AND slot IS NOT NULL ORDER BY step",
                    kMemberColumns));
    rows.bind(2, static_cast<std::int64_t>(member.value));
    rows.bind(3, static_cast<std::int64_t>(founders_.size()));
    for (const auto& founder : founders_)
        if (member.value > founders_.size() || founder->id == member) line.push_back(founder);
    while (rows.executeStep())
        line.push_back(std::make_shared<const Member>(memberOf(rows, founders_.size(), samples_)));
    return line;
}

std::vector<StoredBirth> StoredRun::birthsAfter(std::uint64_t step, std::size_t size) const {
    std::vector<StoredBirth> found;
    auto births =
        query(fmt::format("SELECT {}, train FROM births WHERE run = ?1 AND step > ?2 ORDER BY step", kMemberColumns));
    births.bind(2, static_cast<std::int64_t>(step));
    while (births.executeStep()) {
        StoredBirth birth{.step = unsignedOf(births.getColumn(1)),
                          .train = births.getColumn(10).getDouble(),
                          .slot = std::nullopt,
                          .child = nullptr};
        if (!births.getColumn(0).isNull()) {
            birth.slot = static_cast<std::size_t>(births.getColumn(0).getInt64());
            if (*birth.slot >= size)
                throw std::runtime_error("A stored member sits outside its archive; the database is damaged.");
            birth.child = std::make_shared<const Member>(memberOf(births, founders_.size(), samples_));
        }
        found.push_back(std::move(birth));
    }
    return found;
}

std::map<MemberId, double> StoredRun::tests() const {
    std::map<MemberId, double> tests;
    for (const char* sql :
         {"SELECT member, test FROM founders WHERE run = ?", "SELECT member, score FROM tests WHERE run = ?"}) {
        auto rows = query(sql);
        while (rows.executeStep()) tests[{unsignedOf(rows.getColumn(0))}] = rows.getColumn(1).getDouble();
    }
    return tests;
}

}  // namespace mergarium
