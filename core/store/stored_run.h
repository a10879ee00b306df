#pragma once

#include "core/database/row.h"
#include "core/store/births/pairing_row.h"
#include "core/store/changes/interventions.h"
#include "core/store/run_catalog.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// Ascending steps; empty when there is no such run.
std::vector<ProgressPoint> curveOf(const SQLite::Database& database, RunId run);

/// Of steps, those that the strategy didn't ask for.
using Origins = std::map<std::uint64_t, BirthOrigin>;
/// From step `from` on.
Origins originsOf(const SQLite::Database& database, RunId run, std::uint64_t from);
BirthOrigin originOf(std::uint64_t step, const Origins& origins);

/// One run as it lies in the database, part by part. Whoever may have written it: what it hands out has been checked,
/// value by value and against the run's own measures (K founders, D parameters, its samples, slots and evaluations).
/// Used within one transaction, so that the parts belong together, and not beyond the connection's life. Throws
/// SQLite::Exception, and std::runtime_error with one sentence where there is no such run or what is stored can't be
/// true.
class StoredRun {
public:
    StoredRun(const SQLite::Database& database, RunId run);

    /// Length of every score list.
    std::size_t samples() const { return samples_; }
    /// The most that the archive ever had.
    std::size_t slots() const { return slots_; }
    std::uint64_t evaluations() const { return evaluations_; }
    RunMeasures measures() const { return {founders_.size(), samples_, slots_, evaluations_}; }
    /// That it began with, without genomes; index i is member i + 1.
    const std::vector<MemberPtr>& founders() const { return founders_; }
    /// Configuration, founders and layout; no samples.
    const std::shared_ptr<const RunDescription>& description() const { return description_; }
    /// Who sat in which slot after `step` evaluations, and after what was changed there; children without genomes.
    std::vector<MemberPtr> slotsAt(std::uint64_t step) const;
    /// What holds for the step behind `step`.
    const RunConfiguration& configurationAfter(std::uint64_t step) const;
    /// Packed, of founders stored with the run, those that joined too.
    std::map<MemberId, std::vector<std::byte>> founderGenomes() const;
    /// Those, and of the last checkpoint.
    std::map<MemberId, std::vector<std::byte>> genomes() const;
    /// Attaches stored genomes (view only), answers and pictures to members; of those that are `known`, their pictures
    /// are taken from there.
    void complete(std::vector<MemberPtr>& members, std::span<const MemberPtr> known = {}) const;
    /// To every sample, of the members whose answers are kept.
    std::map<MemberId, AnswersPtr> answers() const;
    /// Of those of these members that have any.
    std::map<MemberId, PicturesPtr> pictures(std::span<const MemberId> members) const;
    /// Held-out scores, of the members for which they were computed.
    std::map<MemberId, double> tests() const;
    std::vector<ProgressPoint> curve() const { return curveOf(database_, run_); }
    /// A founder or an accepted child, without genome; null where there is none of this number.
    MemberPtr memberOf(MemberId id) const;
    /// The accepted children of each member, ascending.
    std::map<MemberId, std::vector<MemberId>> children() const;
    /// The last so many matings up to step `until`, in order of step.
    std::vector<Pairing> pairings(std::uint64_t most = Row::kMost, std::uint64_t until = Row::kMost) const;
    /// The first so many children after `step` that were accepted, in order.
    std::vector<AcceptedBirth> acceptedAfter(std::uint64_t step, std::uint64_t most) const;
    /// The children of these steps, in the same order; without genomes. Throws where one wasn't accepted.
    std::vector<MemberPtr> bornAt(std::span<const std::uint64_t> steps) const;
    /// Of the child of a step, kept or not; absent where there is none, or it has none.
    std::optional<Parentage> parentageAt(std::uint64_t step) const;
    /// Time that the run had computed by the birth of `step`; 0 at step 0.
    double secondsAt(std::uint64_t step) const;
    /// A member and its ancestors, ascending, as far as they are stored; without genomes.
    std::vector<MemberPtr> lineOf(MemberId member) const;
    /// The step of the last checkpoint; 0 when there is none.
    std::uint64_t checkpoint() const;
    /// What the strategy knew then beyond its archive.
    std::vector<std::byte> state() const;
    /// In order.
    const std::vector<StoredChange>& changes() const { return changes_; }
    /// In order.
    std::vector<Intervention> interventions() const;
    /// In order, rejected ones too.
    std::vector<StoredBirth> birthsAfter(std::uint64_t step) const;

    /// With the run's number bound to the first parameter.
    SQLite::Statement query(const std::string& sql) const;

    /// The columns of a birth that make a Member, in the order that memberOf reads.
    static constexpr const char* kMemberColumns =
        "slot, step, first, second, splits, ratio, interpolation, sigma, mutation_seed, chromosomes, inheritance, "
        "scores";
    static constexpr int kMemberColumnCount = 12, kStepColumn = 1;

private:
    void readChanges();
    void readFounders(RunDescription& description);
    void readJoinedFounders(RunDescription& description) const;
    void readLayout(Layout& layout) const;
    void readGenes(RunDescription& description) const;
    /// Of kMemberColumns.
    Member memberOf(const Row& row) const;
    std::optional<Parentage> parentageOf(const Row& row, std::uint64_t step) const;
    void readGenomes(const char* table, const char* sql, std::map<MemberId, std::vector<std::byte>>& packed) const;
    std::optional<std::size_t> slotOf(const Row& row, int column) const;
    std::optional<Splice> spliceOf(const Row& row, std::uint64_t step) const;
    /// Those that the birth of a step was drawn for; null where the vector was one.
    ChromosomesPtr chromosomesAt(std::uint64_t step) const;
    MemberId memberIn(const Row& row, int column) const;
    GenomePtr genomeOf(std::span<const std::byte> packed) const;

    const SQLite::Database& database_;
    RunId run_;
    std::size_t samples_ = 0;
    std::size_t slots_ = 0;
    std::uint64_t evaluations_ = 0;
    std::vector<MemberPtr> founders_;
    /// Where they sat at first; absent: not in the archive.
    std::vector<std::optional<std::size_t>> seats_;
    std::vector<StoredChange> changes_;
    std::shared_ptr<const RunDescription> description_;
    /// Of the rules that were asked for last.
    mutable std::vector<ChromosomeRule> chromosomeRules_;
    mutable ChromosomesPtr chromosomes_;
};

}  // namespace mergarium
