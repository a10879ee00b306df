#pragma once

#include "core/store/run_catalog.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <vector>

namespace mergarium {

/// One stored run, read piece by piece, as far as its births were stored when `refresh` was last called; through a
/// read-only connection of its own, from one thread. Members are without genomes. Everything throws StoreError with one
/// sentence: no such run, or what is stored of it can't be true.
class RunReader {
public:
    RunReader(const std::filesystem::path& database, RunId run);
    ~RunReader();
    RunReader(RunReader&&) noexcept;
    RunReader& operator=(RunReader&&) noexcept;

    /// Takes in what has been stored since.
    void refresh();

    /// Without samples.
    const std::shared_ptr<const RunDescription>& description() const;
    /// The most that the archive ever had.
    std::size_t slots() const;
    std::size_t samples() const;
    std::uint64_t evaluations() const;
    /// That it began with; index i is member i + 1. Those that joined are in the description.
    const std::vector<MemberPtr>& founders() const;
    /// Ascending steps.
    const std::vector<ProgressPoint>& curve() const;
    /// Held-out scores, of the members for which they were computed.
    const std::map<MemberId, double>& tests() const;
    /// Of founders, and of the members that live now.
    const std::map<MemberId, AnswersPtr>& answers() const;
    /// Of founders, of the members that live now, and of some that have left; absent for others.
    std::map<MemberId, PicturesPtr> picturesOf(std::span<const MemberId> members) const;
    /// What holds for the step behind `step`.
    const RunConfiguration& configurationAfter(std::uint64_t step) const;
    /// In order.
    const std::vector<StoredChange>& changes() const;
    /// A member and its ancestors, ascending, as far as they are stored.
    std::vector<MemberPtr> lineOf(MemberId member) const;
    /// One per slot, null where no founder sat at first.
    std::vector<MemberPtr> firstSlots() const;

    /// The first so many children after `step` that were accepted, in order.
    std::vector<AcceptedBirth> acceptedAfter(std::uint64_t step, std::uint64_t most) const;
    /// Children that were accepted at these steps, in the same order.
    std::vector<MemberPtr> bornAt(std::span<const std::uint64_t> steps) const;
    /// The last so many matings up to step `until`, in order.
    std::vector<Pairing> pairings(std::uint64_t most, std::uint64_t until) const;
    /// Time that the run had computed by then.
    double secondsAt(std::uint64_t step) const;
    /// Packed, of founders that are stored with the run, those that joined too.
    std::map<MemberId, std::vector<std::byte>> founderGenomes() const;

private:
    struct Stored;
    std::unique_ptr<Stored> stored_;
};

}  // namespace mergarium
