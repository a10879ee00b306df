// What of a run never changes, and its models; stored_births.cpp reads what it did.
#include "core/store/stored_run.h"

#include "core/configuration/yaml.h"
#include "core/database/encoding.h"
#include "core/genes/gene_runs.h"
#include "core/genome/dense_genome.h"
#include "core/genome/recipe_genome.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace mergarium {
namespace {

/// More parameters than any model has, and few enough that no product of theirs overflows.
constexpr std::uint64_t kMostParameters = std::uint64_t{1} << 50;

std::vector<double> weightsOf(const Row& row, int column, std::size_t samples) {
    auto weights = row.as(column, [&] { return unpackDoubles(row.blob(column)); });
    if (weights.size() != samples) row.refuse(column, "doesn't hold one number for each sample");
    if (!std::ranges::all_of(weights, [](double weight) { return std::isfinite(weight) && weight > 0.0; }))
        row.refuse(column, "holds weights that aren't above 0");
    return weights;
}

GenomeKind genomesOf(const Row& row, int column) {
    const auto name = row.text(column);
    for (const auto kind : {GenomeKind::Dense, GenomeKind::Recipe})
        if (name == nameOf(kind)) return kind;
    row.refuse(column, fmt::format("is '{}', which this version of Mergarium doesn't know", name));
}

/// "64 256". `taken` elements are already laid out.
std::vector<std::int64_t> shapeOf(const Row& row, int column, std::uint64_t taken) {
    const auto text = row.text(column);
    std::vector<std::int64_t> shape;
    std::uint64_t elements = 1;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        std::int64_t extent = 0;
        const auto [next, error] = std::from_chars(at, end, extent);
        const bool goesOn = next != end && *next == ' ' && next + 1 != end;
        if (error != std::errc() || extent < 0 || !(next == end || goesOn)) row.refuse(column, "is not a shape");
        shape.push_back(extent);
        const auto factor = static_cast<std::uint64_t>(extent);
        if (factor > 0 && elements > kMostParameters / factor) row.refuse(column, "is too large");
        elements *= factor;
        at = next == end ? end : next + 1;
    }
    if (elements > kMostParameters - taken) row.refuse(column, "is too large");
    return shape;
}

}  // namespace

StoredRun::StoredRun(const SQLite::Database& database, RunId run) : database_(database), run_(run) {
    auto rows = query(
        "SELECT configuration, device, samples_hash, sample_weights, genomes, samples, evaluations, budget, name FROM "
        "runs WHERE run = ?");
    if (!rows.executeStep()) throw std::runtime_error(fmt::format("there is no run {}.", run.value));
    const Row row(rows, "runs");
    RunDescription description;
    description.id = run_;
    description.configuration = parseStoredConfiguration(row.text(0), fmt::format("run {}", run_.value));
    // As it was renamed.
    description.configuration.name = row.text(8);
    description.device = row.text(1);
    description.samplesHash = row.text(2);
    description.genomes = genomesOf(row, 4);
    samples_ = row.count(5, 1, std::uint64_t{1} << 32);
    evaluations_ = row.count(6);
    slots_ = traitsOf(description.configuration.strategy).slots;
    readChanges();
    if (row.count(7) != description.configuration.evaluations || evaluations_ > row.count(7))
        row.refuse(7, "doesn't fit the run's configuration and what it has done");
    readLayout(description.layout);
    readGenes(description);
    readFounders(description);
    readJoinedFounders(description);
    // Only now are there score lists that bear out how many samples there are.
    if (!row.isNull(3)) description.sampleWeights = weightsOf(row, 3, samples_);
    description_ = std::make_shared<const RunDescription>(std::move(description));
}

SQLite::Statement StoredRun::query(const std::string& sql) const {
    SQLite::Statement statement(database_, sql);
    statement.bind(1, run_.value);
    return statement;
}

void StoredRun::readLayout(Layout& layout) const {
    auto rows = query("SELECT position, name, shape, dtype, founder FROM tensors WHERE run = ? ORDER BY position");
    while (rows.executeStep()) {
        const Row row(rows, "tensors", 0);
        auto shape = shapeOf(row, 2, layout.extent());
        const auto dtype = dtypeOf(row.text(3));
        if (!dtype) row.refuse(3, "is no element type");
        if (row.isNull(4)) {
            if (!layout.frozen.empty()) row.refuse(4, "is missing: merged tensors stand before all others");
            layout.append(row.text(1), std::move(shape), *dtype);
        } else {
            layout.freeze(row.text(1), std::move(shape), *dtype, row.count(4));
        }
    }
    if (layout.length() == 0) throw std::runtime_error("the database is damaged: the run has no parameters.");
    auto aliases = query("SELECT name, of FROM aliases WHERE run = ? ORDER BY name");
    while (aliases.executeStep()) {
        const Row row(aliases, "aliases");
        layout.aliases.push_back({row.text(0), row.text(1)});
    }
}

void StoredRun::readFounders(RunDescription& description) {
    auto rows = query(
        "SELECT member, name, train, test, path, adapter, hash, scores, slot FROM founders WHERE run = ? ORDER BY "
        "member");
    std::vector<bool> taken(slots_);
    while (rows.executeStep()) {
        const Row row(rows, "founders", 0);
        const auto number = founders_.size() + 1;
        const MemberId id{row.count(0, number, number)};
        description.founders.push_back(
            {.id = id,
             .name = row.text(1),
             .train = row.fraction(2),
             .test = row.fraction(3),
             .source = {row.text(4), row.as(5, [&] { return AdapterStack::parse(row.text(5)); })},
             .hash = row.text(6)});
        founders_.push_back(std::make_shared<const Member>(
            Member{.id = id,
                   .genome = nullptr,
                   .scores = row.as(7, [&] { return unpackScores(row.blob(7), samples_); }),
                   .parentage = std::nullopt,
                   .born = 0}));
        seats_.emplace_back();
        if (row.isNull(8)) continue;
        seats_.back() = row.count(8, 0, slots_ - 1);
        if (taken[*seats_.back()]) row.refuse(8, "is another founder's as well");
        taken[*seats_.back()] = true;
    }
    if (founders_.empty()) throw std::runtime_error("the database is damaged: the run has no founders.");
    for (const auto& frozen : description.layout.frozen)
        if (frozen.founder >= founders_.size())
            throw std::runtime_error(
                fmt::format("the database is damaged: the tensor {} is taken from a founder that there isn't.",
                            frozen.tensor.name));
}

void StoredRun::readGenes(RunDescription& description) const {
    auto rows = query("SELECT genes FROM genes WHERE run = ?");
    const bool cutsElements = traitsOf(description.configuration.strategy).genes == GeneKind::Elements;
    if (rows.executeStep() == cutsElements)
        throw std::runtime_error("the database is damaged: the genes stored aren't those of the run's configuration.");
    if (cutsElements) return;
    const Row row(rows, "genes");
    description.genes = row.as(0, [&] { return unpackGenes(row.blob(0), description.layout.length()); });
}

/// A recipe that is no combination of these founders, or of other models than theirs, is none.
GenomePtr StoredRun::genomeOf(std::span<const std::byte> packed) const {
    const auto length = description_->layout.length();
    GenomePtr genome = description_->genomes == GenomeKind::Dense
                           ? DenseGenome::unpack(packed, length, description_->genes)
                           : std::make_shared<const RecipeGenome>(unpackRecipe(packed, description_->genes));
    if (const auto* recipe = genome->recipe();
        recipe && (recipe->founders < founders_.size() || recipe->founders > description_->founders.size() ||
                   recipe->length() != length))
        throw std::runtime_error("It is a recipe for other models than the run's.");
    return genome;
}

void StoredRun::readGenomes(const char* table, const char* sql,
                            std::map<MemberId, std::vector<std::byte>>& packed) const {
    auto rows = query(sql);
    while (rows.executeStep()) {
        const Row row(rows, table, 0);
        const auto blob = row.blob(1);
        row.as(1, [&] { return genomeOf(blob); });
        packed[memberIn(row, 0)] = {blob.begin(), blob.end()};
    }
}

std::map<MemberId, std::vector<std::byte>> StoredRun::founderGenomes() const {
    std::map<MemberId, std::vector<std::byte>> packed;
    readGenomes("founders", "SELECT member, genome FROM founders WHERE run = ? AND genome IS NOT NULL", packed);
    readGenomes("joined_founders",
                "SELECT step + (SELECT max(member) FROM founders WHERE run = ?1), genome FROM joined_founders WHERE "
                "run = ?1 AND genome IS NOT NULL",
                packed);
    return packed;
}

std::map<MemberId, std::vector<std::byte>> StoredRun::genomes() const {
    auto packed = founderGenomes();
    readGenomes("checkpoints", "SELECT member, genome FROM checkpoints WHERE run = ? ORDER BY slot", packed);
    return packed;
}

std::map<MemberId, AnswersPtr> StoredRun::answers() const {
    std::map<MemberId, AnswersPtr> answers;
    auto rows = query("SELECT member, texts FROM answers WHERE run = ?");
    while (rows.executeStep()) {
        const Row row(rows, "answers", 0);
        auto texts = row.as(1, [&] { return unpackTexts(row.blob(1)); });
        if (texts.size() != samples_) row.refuse(1, "doesn't hold one answer for each sample");
        answers[memberIn(row, 0)] = std::make_shared<const std::vector<std::string>>(std::move(texts));
    }
    return answers;
}

void StoredRun::complete(std::vector<MemberPtr>& members, std::span<const MemberPtr> known) const {
    const auto packed = genomes();
    const auto kept = answers();
    std::map<MemberId, PicturesPtr> painted;
    for (const auto& member : known)
        if (member && member->pictures) painted[member->id] = member->pictures;
    std::vector<MemberId> unknown;
    for (const auto& member : members)
        if (member && !painted.contains(member->id)) unknown.push_back(member->id);
    painted.merge(pictures(unknown));
    for (auto& member : members) {
        if (!member) continue;
        Member completed = *member;
        if (const auto found = packed.find(member->id); found != packed.end())
            completed.genome = genomeOf(found->second);
        else if (const auto founder = std::ranges::find(description_->founders, member->id, &FounderDescription::id);
                 description_->genomes == GenomeKind::Recipe && founder != description_->founders.end())
            completed.genome = std::make_shared<const RecipeGenome>(
                founderRecipe(static_cast<std::size_t>(founder - description_->founders.begin()), founders_.size(),
                              description_->layout.length(), description_->genes));
        if (const auto found = kept.find(member->id); found != kept.end()) completed.answers = found->second;
        if (const auto found = painted.find(member->id); found != painted.end()) completed.pictures = found->second;
        member = std::make_shared<const Member>(std::move(completed));
    }
}

std::map<MemberId, double> StoredRun::tests() const {
    std::map<MemberId, double> tests;
    for (const auto& founder : description_->founders) tests[founder.id] = founder.test;
    auto rows = query("SELECT member, score FROM tests WHERE run = ?");
    while (rows.executeStep()) {
        const Row row(rows, "tests", 0);
        tests[memberIn(row, 0)] = row.fraction(1);
    }
    return tests;
}

}  // namespace mergarium
