#include "core/history/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <unordered_set>

namespace mergarium {

Ledger::Ledger(std::size_t founders, const std::vector<MemberPtr>& slots)
    : founders_(founders), entries_(founders), seats_(slots.size()) {
    for (std::size_t slot = 0; slot < slots.size(); ++slot)
        if (slots[slot]) seats_[slot].push_back({0, static_cast<Index>(slots[slot]->id.value - 1)});
}

MemberId Ledger::idOf(Index index) const {
    return {isFounder(index) ? std::uint64_t{index} + 1 : founders_ + entries_[index].step};
}

std::optional<Ledger::Index> Ledger::find(MemberId member) const {
    if (member.value >= 1 && member.value <= founders_) return static_cast<Index>(member.value - 1);
    const auto step = member.value - founders_;
    const auto found = std::lower_bound(entries_.begin() + static_cast<std::ptrdiff_t>(founders_), entries_.end(), step,
                                        [](const Entry& entry, std::uint64_t at) { return entry.step < at; });
    if (found == entries_.end() || found->step != step) return std::nullopt;
    return static_cast<Index>(found - entries_.begin());
}

Ledger::Index Ledger::parent(MemberId member, std::uint64_t step) const {
    if (const auto found = find(member)) return *found;
    throw std::runtime_error(
        fmt::format("the database is damaged: a parent of the child of step {}, member {}, was never accepted.", step,
                    member.value));
}

void Ledger::reseat(std::uint64_t step, std::span<const MemberId> seating) {
    std::vector<Index> next(seats_.size(), kNobody);
    for (std::size_t slot = 0; slot < seating.size(); ++slot) {
        if (seating[slot].value == 0) continue;
        const auto found = find(seating[slot]);
        if (!found)
            throw std::runtime_error(
                fmt::format("the database is damaged: member {}, who got a seat after step {}, "
                            "was never accepted.",
                            seating[slot].value, step));
        next.at(slot) = *found;
    }
    const std::unordered_set<Index> stay(next.begin(), next.end());
    for (std::size_t slot = 0; slot < seats_.size(); ++slot) {
        auto& seat = seats_[slot];
        const auto before = seat.empty() ? kNobody : seat.back().who;
        // Nobody takes its place: it is gone before the next one is born.
        if (before != kNobody && !stay.contains(before))
            entries_[before].successor = static_cast<Index>(entries_.size());
        if (before != next[slot]) seat.push_back({step, next[slot]});
    }
}

void Ledger::add(std::span<const AcceptedBirth> births) {
    for (const auto& birth : births) {
        if (entries_.size() == kNobody) throw std::runtime_error("the run has too many members to look back at.");
        const auto index = static_cast<Index>(entries_.size());
        Entry entry{.step = birth.step};
        if (birth.parentage) {
            entry.first = parent(birth.parentage->first, birth.step);
            entry.second = parent(birth.parentage->second, birth.step);
            entries_[entry.first].lastChild = entries_[entry.second].lastChild = index;
        }
        auto& seat = seats_.at(birth.slot);
        if (!seat.empty() && seat.back().who != kNobody) {
            entry.predecessor = seat.back().who;
            entries_[seat.back().who].successor = index;
        }
        seat.push_back({birth.step, index});
        entries_.push_back(entry);
    }
}

std::vector<Ledger::Index> Ledger::slotsAt(std::uint64_t step) const {
    std::vector<Index> slots;
    slots.reserve(seats_.size());
    for (const auto& seat : seats_) {
        const auto next = std::ranges::upper_bound(seat, step, {}, &Seat::since);
        slots.push_back(next == seat.begin() ? kNobody : (next - 1)->who);
    }
    return slots;
}

std::size_t Ledger::acceptedUntil(std::uint64_t step) const {
    const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(founders_);
    return static_cast<std::size_t>(
        std::upper_bound(first, entries_.end(), step,
                         [](std::uint64_t at, const Entry& entry) { return at < entry.step; }) -
        first);
}

}  // namespace mergarium
