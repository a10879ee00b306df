#include "core/store/birth_pages.h"

#include "core/database/event_kinds.h"
#include "core/store/read_connection.h"
#include "core/store/stored_run.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

/// A birth takes more bytes than this in any file.
constexpr std::uint64_t kBytesOfBirth = 16;
/// Births between two looks at whether to stop.
constexpr std::uint64_t kStride = 4096;

/// Whether every step from the first to the last has its place.
bool isUnbroken(const BirthQuery& query) {
    return query.outcome == BirthOutcome::Any && !query.member && query.order == BirthOrder::Step;
}

/// ?4 is the member's number, ?5 the step that it was born at, where it counts; NULL: never.
std::string conditionOf(const BirthQuery& query) {
    std::string condition;
    switch (query.outcome) {
        case BirthOutcome::Any: break;
        case BirthOutcome::Accepted: condition += " AND slot IS NOT NULL"; break;
        case BirthOutcome::Rejected: condition += " AND slot IS NULL AND ifnull(failure, '') = ''"; break;
        case BirthOutcome::Failed: condition += " AND failure <> ''"; break;
        case BirthOutcome::ByHand:
            condition += fmt::format(" AND step IN (SELECT step FROM events WHERE run = ?1 AND kind IN ('{}', '{}'))",
                                     kBredByHand, kFounderJoined);
            break;
    }
    if (!query.member) return condition;
    switch (query.part) {
        case BirthPart::Any: return condition + " AND (first = ?4 OR second = ?4 OR replaced = ?4 OR step = ?5)";
        case BirthPart::Parent: return condition + " AND (first = ?4 OR second = ?4)";
        case BirthPart::ChildOrReplaced: return condition + " AND (replaced = ?4 OR step = ?5)";
    }
    return condition;
}

/// SQLite has no numbers beyond.
std::int64_t within(std::uint64_t step) { return static_cast<std::int64_t>(std::min(step, Row::kMost)); }

}  // namespace

struct BirthPages::Found {
    /// A birth that was found: its step, and its score where births are ordered by it.
    struct Place {
        double train = 0.0;
        std::uint64_t step = 0;
        auto operator<=>(const Place&) const = default;
    };

    Found(const std::filesystem::path& database, RunId id)
        : connection(database),
          run(id),
          measures(connection.reading([&] { return StoredRun(connection.sqlite, id).measures(); })) {}

    ReadConnection connection;
    RunId run;
    RunMeasures measures;
    BirthQuery query;
    /// The births up to this step have been looked through.
    std::uint64_t until = 0;
    /// Stored with their births.
    Origins origins;
    /// Ascending; empty where the query's places are unbroken.
    std::vector<Place> places;

    SQLite::Statement statement(const std::string& sql) const {
        SQLite::Statement made(connection.sqlite, sql);
        made.bind(1, run.value);
        return made;
    }

    std::uint64_t evaluations() const {
        auto rows = statement("SELECT evaluations FROM runs WHERE run = ?");
        if (!rows.executeStep()) throw std::runtime_error(fmt::format("there is no run {}.", run.value));
        const auto pages = static_cast<std::uint64_t>(connection.sqlite.execAndGet("PRAGMA page_count").getInt64());
        const auto bytes = static_cast<std::uint64_t>(connection.sqlite.execAndGet("PRAGMA page_size").getInt64());
        return Row(rows, "runs").count(0, 0, pages * bytes / kBytesOfBirth);
    }

    /// Of the steps after `seen`, in order of steps. False when it was stopped.
    bool look(std::uint64_t seen, const std::stop_token& stop, std::vector<Place>& fresh) const {
        const bool scores = query.order == BirthOrder::Train;
        auto rows =
            statement(fmt::format("SELECT step{} FROM births WHERE run = ?1 AND step >= ?2 AND step <= ?3{} "
                                  "ORDER BY step",
                                  scores ? ", train" : "", conditionOf(query)));
        rows.bind(2, within(std::max(query.first, seen + 1)));
        rows.bind(3, within(std::min(query.last, measures.evaluations)));
        if (query.member) {
            rows.bind(4, within(query.member->value));
            if (query.part != BirthPart::Parent && query.member->value > measures.founders)
                rows.bind(5, within(query.member->value - measures.founders));
        }
        while (rows.executeStep()) {
            const Row row(rows, "births", 0);
            fresh.push_back({scores ? row.fraction(1) : 0.0, row.count(0, 1, measures.evaluations)});
            if (fresh.size() % kStride == 0 && stop.stop_requested()) return false;
        }
        return true;
    }

    Pairing read(SQLite::Statement& rows, std::uint64_t step) const {
        rows.reset();
        rows.bind(2, within(step));
        if (!rows.executeStep())
            throw std::runtime_error(fmt::format("the database is damaged: the birth of step {} is missing.", step));
        return pairingOf(Row(rows, "births", 0), measures);
    }
};

BirthPages::BirthPages(const std::filesystem::path& database, RunId run)
    : found_(std::make_unique<Found>(database, run)) {}
BirthPages::~BirthPages() = default;
BirthPages::BirthPages(BirthPages&&) noexcept = default;
BirthPages& BirthPages::operator=(BirthPages&&) noexcept = default;

bool BirthPages::find(const BirthQuery& query, const std::stop_token& stop) {
    auto& found = *found_;
    return found.connection.reading([&] {
        const auto evaluations = found.evaluations();
        const bool goesOn = found.query == query && found.until <= evaluations;
        auto places = goesOn ? std::move(found.places) : std::vector<Found::Place>();
        const auto seen = goesOn ? found.until : 0;
        // Until it is done, nothing is found.
        found.places.clear();
        found.until = 0;
        found.query = query;
        found.origins = originsOf(found.connection.sqlite, found.run, 0);
        found.measures.evaluations = evaluations;

        if (!isUnbroken(query) && evaluations > seen) {
            const auto before = static_cast<std::ptrdiff_t>(places.size());
            if (!found.look(seen, stop, places)) return false;
            if (query.order == BirthOrder::Train) {
                std::sort(places.begin() + before, places.end());
                std::inplace_merge(places.begin(), places.begin() + before, places.end());
            }
        }
        found.places = std::move(places);
        found.until = evaluations;
        return true;
    });
}

std::uint64_t BirthPages::stored() const { return found_->until; }

std::uint64_t BirthPages::count() const {
    if (!isUnbroken(found_->query)) return found_->places.size();
    const auto last = std::min(found_->query.last, found_->until);
    const auto first = std::max<std::uint64_t>(found_->query.first, 1);
    return last >= first ? last - first + 1 : 0;
}

std::vector<Pairing> BirthPages::page(std::uint64_t position, std::size_t most) const {
    const auto& found = *found_;
    return found.connection.reading([&] {
        std::vector<Pairing> births;
        auto rows = found.statement(fmt::format("SELECT {} FROM births WHERE run = ?1 AND step = ?2", kPairingColumns));
        const auto end = std::min(count(), position + std::min<std::uint64_t>(most, Row::kMost));
        for (; position < end; ++position)
            births.push_back(found.read(rows, isUnbroken(found.query)
                                                  ? std::max<std::uint64_t>(found.query.first, 1) + position
                                                  : found.places[position].step));
        const StoredRun stored(found.connection.sqlite, found.run);
        for (auto& birth : births) {
            birth.origin = originOf(birth.step, found.origins);
            if (auto parentage = stored.parentageAt(birth.step))
                birth.splice = std::make_shared<const Splice>(std::move(parentage->splice));
        }
        return births;
    });
}

std::optional<std::uint64_t> BirthPages::positionOf(std::uint64_t step) const {
    const auto& found = *found_;
    const auto all = count();
    if (all == 0) return {};
    if (isUnbroken(found.query)) {
        const auto first = std::max<std::uint64_t>(found.query.first, 1);
        return std::clamp(step, first, first + all - 1) - first;
    }
    const auto& places = found.places;
    if (found.query.order == BirthOrder::Step) {
        const auto after = std::ranges::lower_bound(places, step, {}, &Found::Place::step);
        return static_cast<std::uint64_t>(after - places.begin()) - (after == places.end() ? 1 : 0);
    }
    // Of those that don't lie before it the first, or else the last of all.
    const auto nearer = [step](const Found::Place& one, const Found::Place& other) {
        const bool lies = one.step >= step, otherLies = other.step >= step;
        return lies != otherLies ? lies : lies ? one.step < other.step : one.step > other.step;
    };
    return static_cast<std::uint64_t>(std::ranges::min_element(places, nearer) - places.begin());
}

}  // namespace mergarium
