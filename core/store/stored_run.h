#pragma once

#include "core/store/run_catalog.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mergarium {

/// Ascending steps; empty when there is no such run.
std::vector<ProgressPoint> curveOf(const SQLite::Database& database, RunId run);

/// One run as it lies in the database, part by part. Used within one transaction, so that the parts belong together,
/// and not beyond the connection's life. Throws SQLite::Exception, and std::runtime_error with one sentence where there
/// is no such run or what is stored contradicts itself.
class StoredRun {
public:
    StoredRun(const SQLite::Database& database, RunId run);

    /// Length of every score list.
    std::size_t samples() const { return samples_; }
    /// Without genomes; index i is member i + 1.
    const std::vector<MemberPtr>& founders() const { return founders_; }
    /// Configuration, founders and layout; no samples.
    std::shared_ptr<const RunDescription> describe() const;
    /// Who sat in which of `size` slots after `step` evaluations; children without genomes.
    std::vector<MemberPtr> slotsAt(std::uint64_t step, std::size_t size) const;
    /// Packed, of founders stored with the run and of the last checkpoint.
    std::map<MemberId, std::vector<std::byte>> genomes() const;
    /// Attaches stored genomes (view only) and answers to members.
    void complete(const RunDescription& description, std::vector<MemberPtr>& members) const;
    /// Held-out scores, of the members for which they were computed.
    std::map<MemberId, double> tests() const;
    std::vector<ProgressPoint> curve() const { return curveOf(database_, run_); }
    /// Matings in order of step, or as `tail` (SQL: DESC, LIMIT) says.
    std::vector<Pairing> pairings(const std::string& tail) const;
    /// A member and its ancestors, ascending, as far as they are stored; without genomes.
    std::vector<MemberPtr> lineOf(MemberId member) const;
    /// In order, rejected ones too; slots must be below `size`.
    std::vector<StoredBirth> birthsAfter(std::uint64_t step, std::size_t size) const;

    /// With the run's number bound to the first parameter.
    SQLite::Statement query(const std::string& sql) const;

private:
    std::vector<MemberPtr> readFounders() const;

    const SQLite::Database& database_;
    RunId run_;
    std::size_t samples_ = 0;
    std::vector<MemberPtr> founders_;
};

}  // namespace mergarium
