// What became of a run's archive when it was gone on with otherwise than before.
#include "core/configuration/yaml.h"
#include "core/database/event_kinds.h"
#include "core/store/changes/seating.h"
#include "core/store/stored_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {

void StoredRun::readChanges() {
    auto rows = query("SELECT step, kind, text FROM events WHERE run = ?1 AND kind IN (?2, ?3) ORDER BY step, event");
    rows.bind(2, std::string(kChanged));
    rows.bind(3, std::string(kReseated));
    while (rows.executeStep()) {
        const Row row(rows, "events", 0);
        const auto step = row.count(0, changes_.empty() ? 0 : changes_.back().step, evaluations_);
        if (row.text(1) == kChanged) {
            changes_.push_back({.step = step, .before = parseStoredConfiguration(row.text(2), "what the run was")});
            slots_ = std::max(slots_, traitsOf(changes_.back().before.strategy).slots);
        } else if (changes_.empty() || changes_.back().step != step || !changes_.back().seating.empty()) {
            row.refuse(2, "follows no change of the run");
        } else {
            changes_.back().seating = row.as(2, [&] { return seatingIn(row.text(2)); });
        }
    }
}

const RunConfiguration& StoredRun::configurationAfter(std::uint64_t step) const {
    const auto next = std::ranges::find_if(changes_, [&](const StoredChange& one) { return one.step > step; });
    return next == changes_.end() ? description_->configuration : next->before;
}

std::vector<MemberPtr> StoredRun::slotsAt(std::uint64_t step) const {
    std::vector<MemberPtr> slots(traitsOf(configurationAfter(step).strategy).slots);
    const auto seat = [&](std::size_t slot, MemberPtr member) {
        if (slot >= slots.size())
            throw std::runtime_error(
                fmt::format("the database is damaged: after step {} the archive has no slot {}.", step, slot));
        slots[slot] = std::move(member);
    };
    std::uint64_t since = 0;
    const std::vector<MemberId>* seating = nullptr;
    for (const auto& change : changes_)
        if (!change.seating.empty() && change.step <= step) {
            since = change.step;
            seating = &change.seating;
        }
    for (std::size_t slot = 0; seating && slot < seating->size(); ++slot) {
        const auto id = (*seating)[slot];
        if (id.value == 0) continue;
        auto member = id.value <= founders_.size() + since ? memberOf(id) : nullptr;
        if (!member)
            throw std::runtime_error(
                fmt::format("the database is damaged: member {}, who got a seat after step {}, was never accepted.",
                            id.value, since));
        seat(slot, std::move(member));
    }
    for (std::size_t k = 0; !seating && k < founders_.size(); ++k)
        if (seats_[k]) seat(*seats_[k], founders_[k]);
    auto rows =
        query(fmt::format("SELECT {} FROM births WHERE run = ?1 AND step IN (SELECT MAX(step) FROM births "
                          "WHERE run = ?1 AND slot IS NOT NULL AND step > ?3 AND step <= ?2 GROUP BY slot) ORDER BY "
                          "step",
                          kMemberColumns));
    rows.bind(2, static_cast<std::int64_t>(step));
    rows.bind(3, static_cast<std::int64_t>(since));
    while (rows.executeStep()) {
        const Row row(rows, "births", kStepColumn);
        if (const auto slot = slotOf(row, 0)) seat(*slot, std::make_shared<const Member>(memberOf(row)));
    }
    return slots;
}

std::uint64_t StoredRun::checkpoint() const {
    auto rows = query("SELECT slot, step, member FROM checkpoints WHERE run = ? ORDER BY slot");
    std::uint64_t step = 0;
    std::vector<MemberPtr> slots;
    while (rows.executeStep()) {
        const Row row(rows, "checkpoints", 0);
        if (slots.empty()) {
            step = row.count(1, 0, evaluations_);
            slots = slotsAt(step);
        }
        const auto slot = row.count(0, 0, slots.size() - 1);
        (void)row.count(1, step, step);
        if (!slots[slot] || slots[slot]->id != memberIn(row, 2))
            row.refuse(2, "isn't who sat there by the stored births");
    }
    return step;
}

Origins originsOf(const SQLite::Database& database, RunId run, std::uint64_t from) {
    Origins origins;
    SQLite::Statement rows(database,
                           "SELECT step, kind FROM events WHERE run = ?1 AND step >= ?2 AND kind IN (?3, ?4)");
    rows.bind(1, run.value);
    rows.bind(2, static_cast<std::int64_t>(from));
    rows.bind(3, std::string(kBredByHand));
    rows.bind(4, std::string(kFounderJoined));
    while (rows.executeStep()) {
        const Row row(rows, "events", 0);
        origins[row.count(0)] = row.text(1) == kBredByHand ? BirthOrigin::ByHand : BirthOrigin::Founder;
    }
    return origins;
}

BirthOrigin originOf(std::uint64_t step, const Origins& origins) {
    const auto found = origins.find(step);
    return found == origins.end() ? BirthOrigin::Search : found->second;
}

}  // namespace mergarium
