// What a run did, birth by birth.
#include "core/database/encoding.h"
#include "core/store/births/cuts.h"
#include "core/store/births/pairing_row.h"
#include "core/store/stored_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

constexpr int kStep = StoredRun::kStepColumn;
constexpr int kColumnsOfMembers = StoredRun::kMemberColumnCount, kScores = kColumnsOfMembers - 1;

Interpolation interpolationOf(const Row& row, int column) {
    const auto name = row.text(column);
    for (const auto one : kInterpolations)
        if (name == nameOf(one)) return one;
    row.refuse(column, fmt::format("is '{}', which this version of Mergarium doesn't know", name));
}

}  // namespace

std::vector<ProgressPoint> curveOf(const SQLite::Database& database, RunId run) {
    std::vector<ProgressPoint> points;
    SQLite::Statement rows(database,
                           "SELECT step, best_train, mean_train, best_test, coverage, disagreement, entropy FROM "
                           "progress WHERE run = ? ORDER BY step");
    rows.bind(1, run.value);
    while (rows.executeStep()) {
        const Row row(rows, "progress", 0);
        points.push_back({row.count(0), row.fraction(1), row.fraction(2), row.fraction(3), row.fraction(4),
                          row.number(5), row.number(6)});
    }
    return points;
}

MemberId StoredRun::memberIn(const Row& row, int column) const {
    return {row.count(column, 1, founders_.size() + evaluations_)};
}

std::optional<std::size_t> StoredRun::slotOf(const Row& row, int column) const {
    if (row.isNull(column)) return std::nullopt;
    return row.count(column, 0, slots_ - 1);
}

ChromosomesPtr StoredRun::chromosomesAt(std::uint64_t step) const {
    auto rules = traitsOf(configurationAfter(step - 1).strategy).chromosomes;
    if (rules != chromosomeRules_) {
        chromosomes_ = chromosomesOf(rules, description_->layout);
        chromosomeRules_ = std::move(rules);
    }
    return chromosomes_;
}

std::optional<Splice> StoredRun::spliceOf(const Row& row, std::uint64_t step) const {
    if (row.isNull(2)) return std::nullopt;
    Splice splice{.splits = {}, .ratio = row.fraction(5), .interpolation = interpolationOf(row, 6)};
    if (!row.isNull(4)) splice.splits = row.as(4, [&] { return unpackIntegers(row.blob(4)); });
    if (!std::ranges::is_sorted(splice.splits) ||
        (!splice.splits.empty() && splice.splits.back() >= lociOf(*description_)))
        row.refuse(4, "holds split points that don't ascend within the parameter vector");
    if (!row.isNull(7)) splice.mutation = Mutation{row.number(7), row.bits(8)};
    if (!row.isNull(10)) {
        splice.each = row.as(10, [&] { return unpackInheritance(row.blob(10)); });
        if (!splice.splits.empty() || splice.ratio != 0.0 || !row.isNull(9))
            row.refuse(10, "stands beside a cut of the whole vector");
    }
    if (row.isNull(9)) return splice;
    if (!splice.splits.empty() || splice.ratio != 0.0) row.refuse(9, "stands beside a cut of the whole vector");
    row.as(9, [&] {
        splice.chromosomes = chromosomesAt(step);
        if (!splice.chromosomes) throw std::runtime_error("The run had no chromosomes at this step.");
        splice.cuts = unpackCuts(row.blob(9), splice.chromosomes->size(), description_->layout.length());
    });
    return splice;
}

std::optional<Parentage> StoredRun::parentageOf(const Row& row, std::uint64_t step) const {
    auto splice = spliceOf(row, step);
    if (!splice) return std::nullopt;
    const auto parent = [&](int column) { return MemberId{row.count(column, 1, founders_.size() + step - 1)}; };
    return Parentage{parent(2), parent(3), *std::move(splice)};
}

std::optional<Parentage> StoredRun::parentageAt(std::uint64_t step) const {
    auto rows = query(fmt::format("SELECT {} FROM births WHERE run = ?1 AND step = ?2", kMemberColumns));
    rows.bind(2, static_cast<std::int64_t>(step));
    return rows.executeStep() ? parentageOf(Row(rows, "births", kStep), step) : std::nullopt;
}

Member StoredRun::memberOf(const Row& row) const {
    const auto step = row.count(kStep, 1, evaluations_);
    auto parentage = parentageOf(row, step);
    return {.id = {founders_.size() + step},
            .genome = nullptr,
            .scores = row.as(kScores, [&] { return unpackScores(row.blob(kScores), samples_); }),
            .parentage = std::move(parentage),
            .born = step};
}

std::vector<AcceptedBirth> StoredRun::acceptedAfter(std::uint64_t step, std::uint64_t most) const {
    std::vector<AcceptedBirth> births;
    auto rows = query(
        "SELECT slot, step, first, second, splits, ratio, interpolation, sigma, mutation_seed, chromosomes, "
        "inheritance FROM births WHERE run = ?1 AND step > ?2 AND step <= ?4 AND slot IS NOT NULL ORDER BY step LIMIT "
        "?3");
    rows.bind(2, static_cast<std::int64_t>(step));
    rows.bind(3, static_cast<std::int64_t>(most));
    // More may have been stored since this run was read.
    rows.bind(4, static_cast<std::int64_t>(evaluations_));
    while (rows.executeStep()) {
        const Row row(rows, "births", kStep);
        const auto born = row.count(kStep, step + 1, evaluations_);
        births.push_back({.step = born, .slot = row.count(0, 0, slots_ - 1), .parentage = parentageOf(row, born)});
    }
    return births;
}

std::vector<MemberPtr> StoredRun::bornAt(std::span<const std::uint64_t> steps) const {
    std::vector<MemberPtr> children;
    auto rows = query(fmt::format("SELECT {} FROM births WHERE run = ?1 AND step = ?2 AND slot IS NOT NULL",
                                  StoredRun::kMemberColumns));
    for (const auto step : steps) {
        rows.bind(2, static_cast<std::int64_t>(step));
        if (!rows.executeStep())
            throw std::runtime_error(fmt::format("the database is damaged: the child of step {} is missing.", step));
        children.push_back(std::make_shared<const Member>(memberOf(Row(rows, "births", kStep))));
        rows.reset();
    }
    return children;
}

double StoredRun::secondsAt(std::uint64_t step) const {
    auto rows = query("SELECT step, seconds FROM births WHERE run = ?1 AND step = ?2");
    rows.bind(2, static_cast<std::int64_t>(step));
    return rows.executeStep() ? Row(rows, "births", 0).number(1) : 0.0;
}

std::vector<Pairing> StoredRun::pairings(std::uint64_t most, std::uint64_t until) const {
    std::vector<Pairing> found;
    auto rows = query(fmt::format("SELECT {} FROM births WHERE run = ?1 AND step <= ?3 ORDER BY step DESC LIMIT ?2",
                                  kPairingColumns));
    rows.bind(2, static_cast<std::int64_t>(most));
    rows.bind(3, static_cast<std::int64_t>(until));
    while (rows.executeStep()) found.push_back(pairingOf(Row(rows, "births", 0), measures()));
    std::ranges::reverse(found);
    if (found.empty()) return found;
    const auto origins = originsOf(database_, run_, found.front().step);
    for (auto& pairing : found) pairing.origin = originOf(pairing.step, origins);
    return found;
}

MemberPtr StoredRun::memberOf(MemberId id) const {
    const auto founders = founders_.size();
    if (id.value >= 1 && id.value <= founders) return founders_[id.value - 1];
    if (id.value == 0 || id.value - founders > evaluations_) return nullptr;
    auto rows = query(fmt::format("SELECT {} FROM births WHERE run = ?1 AND step = ?2 AND slot IS NOT NULL",
                                  StoredRun::kMemberColumns));
    rows.bind(2, static_cast<std::int64_t>(id.value - founders));
    if (!rows.executeStep()) return nullptr;
    return std::make_shared<const Member>(memberOf(Row(rows, "births", kStep)));
}

std::map<MemberId, std::vector<MemberId>> StoredRun::children() const {
    std::map<MemberId, std::vector<MemberId>> found;
    auto rows = query(
        "SELECT step, first, second FROM births WHERE run = ? AND slot IS NOT NULL AND first IS NOT NULL "
        "ORDER BY step");
    while (rows.executeStep()) {
        const Row row(rows, "births", 0);
        const MemberId child{founders_.size() + row.count(0, 1, evaluations_)};
        const auto first = memberIn(row, 1), second = memberIn(row, 2);
        found[first].push_back(child);
        if (second != first) found[second].push_back(child);
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
                    StoredRun::kMemberColumns));
    rows.bind(2, static_cast<std::int64_t>(member.value));
    rows.bind(3, static_cast<std::int64_t>(founders_.size()));
    for (const auto& founder : founders_)
        if (member.value > founders_.size() || founder->id == member) line.push_back(founder);
    while (rows.executeStep()) line.push_back(std::make_shared<const Member>(memberOf(Row(rows, "births", kStep))));
    return line;
}

std::vector<std::byte> StoredRun::state() const {
    auto rows = query("SELECT state FROM strategy_states WHERE run = ?");
    if (!rows.executeStep()) return {};
    const auto blob = Row(rows, "strategy_states").blob(0);
    return {blob.begin(), blob.end()};
}

std::vector<StoredBirth> StoredRun::birthsAfter(std::uint64_t step) const {
    std::vector<StoredBirth> found;
    const auto origins = originsOf(database_, run_, step + 1);
    auto rows = query(fmt::format("SELECT {}, train FROM births WHERE run = ?1 AND step > ?2 ORDER BY step",
                                  StoredRun::kMemberColumns));
    rows.bind(2, static_cast<std::int64_t>(step));
    while (rows.executeStep()) {
        const Row row(rows, "births", kStep);
        StoredBirth birth{.step = row.count(kStep, step + 1, step + 1),
                          .train = row.fraction(kColumnsOfMembers),
                          .slot = slotOf(row, 0),
                          .child = nullptr,
                          .origin = originOf(step + 1, origins)};
        if (birth.slot) birth.child = std::make_shared<const Member>(memberOf(row));
        found.push_back(std::move(birth));
        ++step;
    }
    if (step != evaluations_)
        throw std::runtime_error(fmt::format("the database is damaged: births are missing from step {} on.", step + 1));
    return found;
}

}  // namespace mergarium
