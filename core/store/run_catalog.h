#pragma once

#include "core/run/snapshot.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mergarium {

/// One line of the list of runs.
struct RunSummary {
    RunId id;
    std::string name;
    Phase phase = Phase::Stopped;
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
};

/// A birth as it is read back.
struct StoredBirth {
    std::uint64_t step = 0;
    double train = 0.0;
    /// Absent when it was rejected; `child` is then null, else a member without genome.
    std::optional<std::size_t> slot;
    MemberPtr child;
};

/// What it takes to resume a run: the archive at `step`, and the births since, to be bred again.
struct ResumePoint {
    /// As `RunCatalog::snapshot` gives it.
    SessionSnapshot snapshot;
    /// Without genomes; index i is member i + 1.
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
};

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

    /// Newest first.
    std::vector<RunSummary> runs() const;
    /// A stored run as views know it, with the genomes of its last checkpoint where the members still live; recipes are
    /// for viewing and can't be materialised. `samples` is left null. Throws when there is no such run.
    SessionSnapshot snapshot(RunId run) const;
    ResumePoint resumePoint(RunId run) const;
    /// Of a founder, or of a child that was accepted; throws for others.
    Ancestry ancestry(RunId run, MemberId member) const;
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
