#pragma once

#include "core/session/snapshot.h"

#include <cstdint>
#include <filesystem>
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
    /// Best training score over time, few points, for a sparkline.
    std::vector<float> sparkline;
};

/// What it takes to go on with a run: an archive with genomes at `step`, and the births since, to be bred again.
struct ResumePoint {
    /// As `RunCatalog::snapshot` gives it.
    SessionSnapshot snapshot;
    /// With genomes; index i is member i + 1.
    std::vector<MemberPtr> founders;
    /// One per slot as they were at `step`, with genomes; null where it was empty.
    std::vector<MemberPtr> slots;
    std::uint64_t step = 0;
    /// Accepted births after `step`, in order; without genomes.
    std::vector<std::pair<std::size_t, Member>> births;
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
    /// A stored run as views know it: members carry no genomes, `samples` is left null. Throws when there is no such run.
    SessionSnapshot snapshot(RunId run) const;
    ResumePoint resumePoint(RunId run) const;
    /// All matings of a run in order, for `show --births`.
    std::vector<Pairing> births(RunId run) const;

private:
    struct Connection;
    std::unique_ptr<Connection> connection_;
};

/// Removes a run and everything stored of it.
void deleteRun(const std::filesystem::path& database, RunId run);

}  // namespace mergarium
