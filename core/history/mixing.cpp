#include "core/history/mixing.h"

#include <optional>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

/// Births read at a time.
constexpr std::uint64_t kPage = 1024;
/// 256 MiB of spans: a million children with five split points each.
constexpr std::size_t kMostSpans = (std::size_t{256} << 20) / sizeof(MixedSpan);

constexpr const char* kChanged = "the database was changed while it was read; open the run again.";

}  // namespace

Mixing::Mixing(FounderBreeding founders) : founders_(std::move(founders)) {}

void Mixing::restart(const Ledger& ledger) {
    genomes_.clear();
    spans_.clear();
    ends_.assign(ledger.founders(), 0);
    const auto& founders = founders_.founders;
    for (std::size_t k = 0; k < founders.size(); ++k) genomes_[static_cast<Ledger::Index>(k)] = founders[k];
}

std::span<const MixedSpan> Mixing::of(Ledger::Index child) const {
    return std::span(spans_).subspan(ends_[child - 1], ends_[child] - ends_[child - 1]);
}

void Mixing::extend(const Ledger& ledger, const RunReader& reader, Ledger::Index last) {
    if (ends_.empty()) restart(ledger);
    // Parents may be chosen a whole block of births ahead, and by then have left: where a page of births ended within
    // such a block, the one that was forgotten is bred again.
    bool again = false;
    while (ends_.size() <= last) {
        const auto page = reader.acceptedAfter(ledger[static_cast<Ledger::Index>(ends_.size() - 1)].step, kPage);
        if (page.empty()) throw std::runtime_error(kChanged);
        for (const auto& birth : page) {
            if (ends_.size() > last) break;
            if (add(ledger, birth)) continue;
            if (std::exchange(again, true)) throw std::logic_error("A parent was forgotten that is needed.");
            restart(ledger);
            break;
        }
    }
}

bool Mixing::add(const Ledger& ledger, const AcceptedBirth& birth) {
    const auto child = static_cast<Ledger::Index>(ends_.size());
    const auto& entry = ledger[child];
    if (entry.step != birth.step) throw std::runtime_error(kChanged);
    // Null: can't be known.
    std::optional<GenomePtr> genome = nullptr;
    if (birth.parentage) {
        const auto first = genomes_.find(entry.first), second = genomes_.find(entry.second);
        if (first == genomes_.end() || second == genomes_.end()) return false;
        if (first->second && second->second) {
            const auto spans = founders_.breeding->mix(*first->second, *second->second, birth.parentage->splice);
            if (spans.size() > kMostSpans - spans_.size())
                throw std::runtime_error("the run has too many split points to look back at its genomes.");
            spans_.insert(spans_.end(), spans.begin(), spans.end());
            if (entry.successor == Ledger::kNobody || entry.lastChild != Ledger::kNobody)
                genome = founders_.breeding->keep(
                    founders_.breeding->breed(*first->second, *second->second, birth.parentage->splice));
            else
                genome.reset();
        }
    } else if (const auto founder = founders_.joined.find(birth.step); founder != founders_.joined.end()) {
        genome = founder->second;
    }
    ends_.push_back(spans_.size());
    if (genome) genomes_[child] = *std::move(genome);
    if (birth.parentage) {
        forget(ledger, entry.first);
        forget(ledger, entry.second);
    }
    if (entry.predecessor != Ledger::kNobody) forget(ledger, entry.predecessor);
    forget(ledger, child);
    return true;
}

/// Unless it lives now, or has children to come.
void Mixing::forget(const Ledger& ledger, Ledger::Index index) {
    const auto& entry = ledger[index];
    const auto now = ends_.size();
    const bool lives = entry.successor == Ledger::kNobody || entry.successor >= now;
    const bool needed = entry.lastChild != Ledger::kNobody && entry.lastChild >= now;
    if (!lives && !needed && !ledger.isFounder(index)) genomes_.erase(index);
}

}  // namespace mergarium
