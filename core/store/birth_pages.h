#pragma once

#include "core/database/store_error.h"
#include "core/run/snapshot.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace mergarium {

/// What came of a birth. Rejected: scored, and not taken into the archive. Failed: could not be scored. ByHand:
/// whatever came of it, a person asked for it: a child that was bred by hand, or a founder that joined.
enum class BirthOutcome { Any, Accepted, Rejected, Failed, ByHand };

/// The part that a member played in a birth. ChildOrReplaced: it came, or made room.
enum class BirthPart { Any, Parent, ChildOrReplaced };

/// Of births with equal scores the earlier comes first.
enum class BirthOrder { Step, Train };

/// Which of a run's births are looked at, and by what they ascend.
struct BirthQuery {
    BirthOutcome outcome = BirthOutcome::Any;
    /// Only those in which it played `part`.
    std::optional<MemberId> member;
    BirthPart part = BirthPart::Any;
    /// The steps from `first` to `last`, both included.
    std::uint64_t first = 1;
    std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
    BirthOrder order = BirthOrder::Step;

    bool operator==(const BirthQuery&) const = default;
};

/// The births of one stored run, however many: those that pass a query are counted, and read page by page. Reads
/// through a connection of its own that never makes a writer wait; use from one thread at a time. All births in order
/// of their steps take no memory; those of any other query 16 bytes each, and are found in one pass over the run's
/// births.
///
/// Whoever wrote the database: what is handed out has been checked. Every function throws StoreError with one sentence.
class BirthPages {
public:
    /// The run has to be there.
    BirthPages(const std::filesystem::path& database, RunId run);
    ~BirthPages();
    BirthPages(BirthPages&&) noexcept;
    BirthPages& operator=(BirthPages&&) noexcept;

    /// Finds what passes; where it was asked the same before, only among births that were stored since. False: it was
    /// stopped before it came to an end, and nothing is found.
    bool find(const BirthQuery& query, const std::stop_token& stop = {});

    /// How many births the run had when it was asked last.
    std::uint64_t stored() const;
    /// How many were found; they have the positions from 0 on.
    std::uint64_t count() const;
    /// Up to so many from a position on, in ascending order, with their splices.
    std::vector<Pairing> page(std::uint64_t position, std::size_t most) const;
    /// Where the birth of that step was found, or else the next after it, or else the last; absent when none was found.
    std::optional<std::uint64_t> positionOf(std::uint64_t step) const;

private:
    struct Found;
    std::unique_ptr<Found> found_;
};

}  // namespace mergarium
