#pragma once

#include "core/store/run_catalog.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace mergarium {

/// Who was born when, of whom, into which slot: a few dozen bytes for every founder and accepted child of a run. Models
/// are numbered in order of birth: founder k is k, accepted child i is K + i.
class Ledger {
public:
    using Index = std::uint32_t;
    static constexpr Index kNobody = std::numeric_limits<Index>::max();

    struct Entry {
        /// 0 for founders.
        std::uint64_t step = 0;
        /// kNobody both where there are no parents.
        Index first = kNobody, second = kNobody;
        /// Who sat in its slot before it and after it, and its youngest child so far.
        Index predecessor = kNobody, successor = kNobody, lastChild = kNobody;
    };

    /// `slots`: who sits where at first, null where nobody does; as many as there ever are.
    Ledger(std::size_t founders, const std::vector<MemberPtr>& slots);

    /// From here on, behind the births so far, these sit in the slots (0: nobody); whoever doesn't has left. Throws
    /// std::runtime_error where one of them isn't known.
    void reseat(std::uint64_t step, std::span<const MemberId> seating);
    /// In order of step, all after those before. Throws std::runtime_error when parents aren't known.
    void add(std::span<const AcceptedBirth> births);

    std::size_t founders() const { return founders_; }
    std::size_t size() const { return entries_.size(); }
    const Entry& operator[](Index index) const { return entries_[index]; }
    bool isFounder(Index index) const { return index < founders_; }
    MemberId idOf(Index index) const;
    std::optional<Index> find(MemberId member) const;
    /// One per slot: who sat there after `step` evaluations, or kNobody.
    std::vector<Index> slotsAt(std::uint64_t step) const;
    /// How many children were accepted up to `step`.
    std::size_t acceptedUntil(std::uint64_t step) const;

private:
    Index parent(MemberId member, std::uint64_t step) const;

    std::size_t founders_;
    std::vector<Entry> entries_;
    /// Of every slot, who has sat there and from which step on, in order.
    struct Seat {
        std::uint64_t since = 0;
        Index who = kNobody;
    };
    std::vector<std::vector<Seat>> seats_;
};

}  // namespace mergarium
