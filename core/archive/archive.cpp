#include "core/archive/archive.h"

#include "core/archive/early_rejection.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

namespace mergarium {

Archive::Archive(std::size_t slots, std::size_t samples, CompetitionRule rule, std::vector<double> weights)
    : samples_(samples), rule_(rule), weights_(std::move(weights)), slots_(slots), rows_(slots), fitness_(slots) {
    if (!weights_.empty() && weights_.size() != samples)
        throw std::invalid_argument("An archive needs one weight per sample, or none.");
    if (slots == 0) throw std::invalid_argument("An archive needs at least one slot.");
}

std::size_t Archive::memberCount() const {
    return static_cast<std::size_t>(
        std::count_if(slots_.begin(), slots_.end(), [](const MemberPtr& member) { return member != nullptr; }));
}

void Archive::place(std::size_t slot, MemberPtr member) {
    if (member && member->scores.size() != samples_)
        throw std::invalid_argument("A member's scores don't match the archive's number of samples.");
    rows_.at(slot) = member ? member->scores.values() : std::span<const float>{};
    slots_[slot] = std::move(member);
    stale_ = true;
}

void Archive::compete() const {
    if (!stale_) return;
    shareNiches(rows_, samples_, rule_, niches_, weights_);
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) fitness_[slot] = mergarium::fitness(rows_[slot], niches_);
    stale_ = false;
}

const Niches& Archive::niches() const {
    compete();
    return niches_;
}

const std::vector<double>& Archive::fitness() const {
    compete();
    return fitness_;
}

Verdict Archive::judge(const Scores& newcomer) { return judge(newcomer, false); }
Verdict Archive::judgeGuest(const Scores& newcomer) { return judge(newcomer, true); }

Verdict Archive::judge(const Scores& newcomer, bool stays) {
    // While it is judged, the newcomer is the last row.
    rows_.push_back(newcomer.values());
    shareNiches(rows_, samples_, rule_, joint_, weights_);
    const double own = mergarium::fitness(rows_.back(), joint_);
    rows_.pop_back();

    const auto empty = std::find(slots_.begin(), slots_.end(), nullptr);
    if (empty != slots_.end()) return {static_cast<std::size_t>(empty - slots_.begin()), own};

    Verdict verdict{.slot = std::nullopt, .fitness = own};
    double smallest = stays ? std::numeric_limits<double>::infinity() : own;
    for (std::size_t slot = slots_.size(); slot-- > 0;) {
        const double theirs = mergarium::fitness(rows_[slot], joint_);
        if (theirs <= smallest) {
            smallest = theirs;
            verdict.slot = slot;
        }
    }
    return verdict;
}

bool Archive::isLost(std::span<const float> scores, const std::vector<bool>& scored) const {
    return isCertainlyWeakest(rows_, niches(), rule_, weights_, scores, scored);
}

std::vector<MemberPtr> thoseThatStay(Archive archive, std::size_t most) {
    const auto& slots = archive.slots();
    for (auto count = archive.memberCount(); count > most; --count) {
        const auto& fitness = archive.fitness();
        std::optional<std::size_t> weakest;
        for (std::size_t slot = 0; slot < slots.size(); ++slot) {
            if (!slots[slot]) continue;
            const auto rank = [&](std::size_t one) { return std::pair(fitness[one], slots[one]->id); };
            if (!weakest || rank(slot) < rank(*weakest)) weakest = slot;
        }
        archive.place(*weakest, nullptr);
    }
    std::vector<MemberPtr> stay;
    std::ranges::copy_if(slots, std::back_inserter(stay), [](const MemberPtr& member) { return member != nullptr; });
    return stay;
}

ArchivePtr snapshotOf(const Archive& archive) {
    (void)archive.niches();
    return std::make_shared<const Archive>(archive);
}

Admission Archive::admit(MemberPtr newcomer) {
    const auto verdict = judge(newcomer->scores);
    Admission admission{.slot = verdict.slot, .fitness = verdict.fitness, .replaced = nullptr};
    if (verdict.slot) {
        admission.replaced = slots_[*verdict.slot];
        place(*verdict.slot, std::move(newcomer));
    }
    return admission;
}

}  // namespace mergarium
