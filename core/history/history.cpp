#include "core/history/history.h"

#include "core/archive/archive.h"
#include "core/history/founder_breeding.h"
#include "core/history/ledger.h"
#include "core/history/mixing.h"
#include "core/history/recipes.h"
#include "core/images/encoded_picture.h"
#include "core/store/run_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace mergarium {
namespace {

/// Births read at a time.
constexpr std::uint64_t kLedgerPage = 8192;
/// Bytes of scores that are kept of members that are looked at no more.
constexpr std::size_t kScoresKept = std::size_t{64} << 20;
/// Of pictures, those looked at included.
constexpr std::size_t kPicturesKept = std::size_t{128} << 20;

/// One per slot that there ever was.
std::vector<MemberPtr> firstSlots(const RunReader& reader) {
    auto slots = reader.firstSlots();
    slots.resize(reader.slots());
    return slots;
}

std::vector<std::uint64_t> joinedSteps(const RunDescription& run) {
    std::vector<std::uint64_t> steps;
    for (const auto& founder : run.founders)
        if (founder.joined > 0) steps.push_back(founder.joined);
    return steps;
}

}  // namespace

struct History::Parts {
    Parts(std::filesystem::path file, SnapshotPtr shown)
        : database(std::move(file)),
          run(shown->run),
          reader(database, run->id),
          ledger(reader.founders().size(), firstSlots(reader)),
          recipes(reader.founders().size(), reader.description()->layout.length(), Recipes::kMemory,
                  joinedSteps(*reader.description()), reader.description()->genes) {
        if (reader.description()->layout != run->layout ||
            reader.description()->founders.size() != run->founders.size())
            throw StoreError(fmt::format("{}: run {} is another one than is shown.", database.string(), run->id.value));
        for (const auto& member : shown->members)
            if (member && !member->parentage && member->genome) ownGenomes[member->id] = member->genome;
        takeIn();
    }

    void takeIn() {
        try {
            while (true) {
                const auto births = reader.acceptedAfter(lastStep, kLedgerPage);
                for (const auto& birth : births) {
                    reseatBefore(birth.step);
                    ledger.add({&birth, 1});
                }
                if (!births.empty()) lastStep = births.back().step;
                if (births.size() < kLedgerPage) break;
            }
            reseatBefore(reader.evaluations() + 1);
        } catch (const StoreError&) {
            throw;
        } catch (const std::runtime_error& error) {
            throw StoreError(fmt::format("{}: {}", database.string(), error.what()));
        }
        curve = std::make_shared<const std::vector<ProgressPoint>>(reader.curve());
    }

    void reseatBefore(std::uint64_t step) {
        const auto& changes = reader.changes();
        for (; seen < changes.size() && changes[seen].step < step; ++seen)
            if (!changes[seen].seating.empty()) ledger.reseat(changes[seen].step, changes[seen].seating);
    }

    /// Completes `known` with everybody of `present`.
    void readMembers(const std::vector<Ledger::Index>& present) {
        std::vector<std::uint64_t> steps;
        std::vector<Ledger::Index> missing;
        for (const auto index : present) {
            if (index == Ledger::kNobody || known.contains(index)) continue;
            missing.push_back(index);
            if (!ledger.isFounder(index)) steps.push_back(ledger[index].step);
        }
        if (missing.empty()) return;
        const auto children = reader.bornAt(steps);
        const auto genomes = genomesOf(missing);
        std::vector<MemberId> ids;
        for (const auto index : missing) ids.push_back(ledger.idOf(index));
        const auto pictures = reader.picturesOf(ids);
        auto child = children.begin();
        for (std::size_t i = 0; i < missing.size(); ++i) {
            Member member = ledger.isFounder(missing[i]) ? *reader.founders()[missing[i]] : **child++;
            member.genome = genomes[i];
            if (const auto own = ownGenomes.find(member.id); !member.genome && own != ownGenomes.end())
                member.genome = own->second;
            if (!member.genome && !member.parentage && whyNoGenomes.empty())
                whyNoGenomes = "A model without parents can't be bred again, and none but the latest are stored.";
            if (const auto found = reader.answers().find(member.id); found != reader.answers().end())
                member.answers = found->second;
            if (const auto found = pictures.find(member.id); found != pictures.end()) member.pictures = found->second;
            known[missing[i]] = std::make_shared<const Member>(std::move(member));
        }
    }

    std::vector<GenomePtr> genomesOf(const std::vector<Ledger::Index>& members) {
        try {
            if (breedable) {
                if (!mixing) {
                    mixing.emplace(founderBreeding(reader, database));
                }
                mixing->extend(ledger, reader, std::ranges::max(members));
                return recipes.of(members, ledger, *mixing);
            }
        } catch (const StoreError&) {
            throw;
        } catch (const std::exception& error) {
            // Everything else of the run can be seen all the same.
            whyNoGenomes = error.what();
            breedable = false;
            mixing.reset();
        }
        std::vector<GenomePtr> genomes(members.size());
        if (run->genomes == GenomeKind::Recipe)
            for (std::size_t i = 0; i < members.size(); ++i)
                if (ledger.isFounder(members[i])) genomes[i] = recipes.ofFounder(members[i]);
        return genomes;
    }

    void trim(const std::vector<Ledger::Index>& present) {
        const auto bytes = reader.samples() * sizeof(float);
        std::size_t pictures = 0;
        for (const auto& [index, member] : known)
            if (member->pictures) pictures += bytesOf(*member->pictures);
        if (known.size() * bytes <= kScoresKept + present.size() * bytes && pictures <= kPicturesKept) return;
        std::unordered_map<Ledger::Index, MemberPtr> kept;
        for (const auto index : present)
            if (index != Ledger::kNobody) kept[index] = known[index];
        known = std::move(kept);
    }

    std::filesystem::path database;
    std::shared_ptr<const RunDescription> run;
    RunReader reader;
    Ledger ledger;
    Recipes recipes;
    /// Once genomes have been asked for.
    std::optional<Mixing> mixing;
    bool breedable = true;
    std::string whyNoGenomes;
    /// Of members that have no parents, as far as they were at hand.
    std::map<MemberId, GenomePtr> ownGenomes;
    std::unordered_map<Ledger::Index, MemberPtr> known;
    std::shared_ptr<const std::vector<ProgressPoint>> curve;
    std::uint64_t lastStep = 0;
    /// Changes that the ledger knows.
    std::size_t seen = 0;
};

History::History(const std::filesystem::path& database, SnapshotPtr latest)
    : parts_(std::make_unique<Parts>(database, std::move(latest))) {}
History::~History() = default;

void History::refresh() {
    const auto before = evaluations();
    parts_->reader.refresh();
    if (evaluations() < before)
        throw StoreError(fmt::format("{}: run {} has gone back to step {}; open it again.", parts_->database.string(),
                                     parts_->run->id.value, evaluations()));
    parts_->takeIn();
}

std::uint64_t History::evaluations() const { return parts_->reader.evaluations(); }
const std::shared_ptr<const std::vector<ProgressPoint>>& History::curve() const { return parts_->curve; }
const std::string& History::whyNoGenomes() const { return parts_->whyNoGenomes; }

std::vector<std::uint64_t> History::acceptedSteps() const {
    std::vector<std::uint64_t> steps;
    const auto& ledger = parts_->ledger;
    for (auto index = ledger.founders(); index < ledger.size(); ++index)
        steps.push_back(ledger[static_cast<Ledger::Index>(index)].step);
    return steps;
}

SnapshotPtr History::at(std::uint64_t step) {
    auto& parts = *parts_;
    step = std::min(step, evaluations());
    auto snapshot = std::make_shared<SessionSnapshot>();
    snapshot->phase = Phase::Paused;
    snapshot->run = parts.run;
    snapshot->evaluations = step;
    snapshot->budget = parts.run->configuration.evaluations;
    snapshot->lookedBackFrom = evaluations();
    snapshot->accepted = parts.ledger.acceptedUntil(step);
    snapshot->seconds = parts.reader.secondsAt(step);

    const auto then = traitsOf(parts.reader.configurationAfter(step).strategy);
    auto present = parts.ledger.slotsAt(step);
    present.resize(then.slots, Ledger::kNobody);
    parts.readMembers(present);
    Archive archive(then.slots, parts.reader.samples(), then.competition, parts.reader.description()->sampleWeights);
    snapshot->test.resize(present.size());
    const auto& tests = parts.reader.tests();
    for (std::size_t slot = 0; slot < present.size(); ++slot) {
        if (present[slot] == Ledger::kNobody) continue;
        const auto& member = parts.known.at(present[slot]);
        archive.place(slot, member);
        if (const auto found = tests.find(member->id); found != tests.end()) snapshot->test[slot] = found->second;
    }
    snapshot->members = archive.slots();
    snapshot->fitness = archive.fitness();
    const auto after = std::ranges::upper_bound(*parts.curve, step, {}, &ProgressPoint::step);
    snapshot->curve = std::make_shared<const std::vector<ProgressPoint>>(parts.curve->begin(), after);
    snapshot->pairings = parts.reader.pairings(SessionSnapshot::kPairingsKept, step);
    parts.trim(present);
    return snapshot;
}

}  // namespace mergarium
