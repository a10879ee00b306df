#pragma once

#include "core/database/store_error.h"
#include "core/run/snapshot.h"
#include "core/store/changes/interventions.h"
#include "core/store/family.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mergarium {

/// One line of the list of runs.
struct RunSummary {
    RunId id;
    std::string name;
    Phase phase = Phase::Stopped;
    /// While it is running or paused: who computes it (RunClaim), and whether that is another process.
    std::string owner;
    bool isElsewhere = false;
    std::string message;
    /// Local time, "2026-01-31 14:05".
    std::string created;
    std::uint64_t seed = 0;
    std::uint64_t evaluations = 0;
    std::uint64_t budget = 0;
    double seconds = 0.0;
    double bestTrain = 0.0;
    double bestTest = 0.0;
    /// Empty outside of sweeps.
    std::string sweep;
    std::string arm;
    /// Best training score over time, few points, for a sparkline.
    std::vector<float> sparkline;
    /// What a person has written of it, plain text of several lines; left out where it is longer.
    std::string notes;
    static constexpr std::size_t kMostNotes = std::size_t{64} << 10;
    /// What of it can't be read; empty when nothing, else the fields above may hold nothing.
    std::string damage;
};

/// A birth as it is read back.
struct StoredBirth {
    std::uint64_t step = 0;
    double train = 0.0;
    /// Absent when it was rejected; `child` is then null, else a member without genome.
    std::optional<std::size_t> slot;
    MemberPtr child;
    BirthOrigin origin = BirthOrigin::Search;
};

/// A run was gone on with otherwise than before.
struct StoredChange {
    /// The last one of which `before` held.
    std::uint64_t step = 0;
    RunConfiguration before;
    /// Who sits in which slot from then on, 0 where nobody does; empty where all kept their places.
    std::vector<MemberId> seating = {};
};

/// A child that was accepted, as it is read back without its scores.
struct AcceptedBirth {
    std::uint64_t step = 0;
    std::size_t slot = 0;
    /// Absent where the strategy made the model itself.
    std::optional<Parentage> parentage;
};

/// What it takes to resume a run: the archive at `step`, and the births since, to be bred again.
struct ResumePoint {
    /// As `RunCatalog::snapshot` gives it.
    SessionSnapshot snapshot;
    /// That it began with, without genomes; index i is member i + 1.
    std::vector<MemberPtr> founders;
    /// One per slot as they were at `step`, without genomes; null where it was empty.
    std::vector<MemberPtr> slots;
    /// Packed, of `slots` and of founders that are stored with the run.
    std::map<MemberId, std::vector<std::byte>> genomes;
    /// Of the strategy at `step`.
    std::vector<std::byte> state;
    std::uint64_t step = 0;
    /// After `step`, in order, rejected ones too.
    std::vector<StoredBirth> births;
    /// All of the run, in order.
    std::vector<StoredChange> changes = {};
};

/// From where a run is gone on with.
enum class GoOnFrom { Checkpoint, Founders };

/// What it takes to build a member anew, whenever it lived.
struct Ancestry {
    /// The member and all its ancestors down to founders, ascending, the member last; without genomes.
    std::vector<MemberPtr> line;
    /// Packed genomes that the run stores: its own founders and the last checkpoint.
    std::map<MemberId, std::vector<std::byte>> genomes;
};

/// Reads stored runs through a read-only connection of its own; use from one thread. Never waits for a writer (WAL).
/// Every function throws std::runtime_error with one sentence when the file is missing, foreign, newer or corrupt.
class RunCatalog {
public:
    explicit RunCatalog(const std::filesystem::path& database);
    ~RunCatalog();
    RunCatalog(RunCatalog&&) noexcept;
    RunCatalog& operator=(RunCatalog&&) noexcept;

    /// Newest first; damaged ones too, but none that is being deleted (pending_deletions.h).
    std::vector<RunSummary> runs() const;
    /// A stored run as views know it, with the genomes of its last checkpoint where the members still live; recipes are
    /// for viewing and can't be materialised. `samples` is left null. Of members that are `known`, pictures
    /// are taken from there, and not read. Throws when there is no such run.
    SessionSnapshot snapshot(RunId run, std::span<const MemberPtr> known = {}) const;
    /// Of a run that is whole: RunRecorder::takeOver has looked.
    ResumePoint resumePoint(RunId run, GoOnFrom from = GoOnFrom::Checkpoint) const;
    /// Compares everything that is stored of the run with its seals: what of it is not as it was stored. Reads all of
    /// it, about as fast as the disk.
    Inspection inspect(RunId run) const;
    /// Of a founder, or of a child that was accepted; throws for others, and RunDamaged when the run isn't whole.
    Ancestry ancestry(RunId run, MemberId member) const;
    /// Empty when the run has no such founder or accepted child.
    Family family(RunId run, MemberId member, const FamilyReach& reach = {}) const;
    /// What was done to the run from outside, in order.
    std::vector<Intervention> interventions(RunId run) const;
    /// Throws when there is no such run.
    RunConfiguration configuration(RunId run) const;
    /// Ascending steps; empty when there is no such run.
    std::vector<ProgressPoint> curve(RunId run) const;
    /// All matings of a run in order, for `show --births`.
    std::vector<Pairing> births(RunId run) const;

private:
    struct Connection;
    std::unique_ptr<Connection> connection_;
};

/// Removes a run and everything stored of it.
void deleteRun(const std::filesystem::path& database, RunId run);

}  // namespace mergarium
