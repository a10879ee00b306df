#include "ui/breeding/breed_frame.h"

#include "core/genome/recipe_genome.h"
#include "ui/members/member_text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace mergarium {
namespace {

RankedMember rowOf(const SessionSnapshot& snapshot, MemberId id) {
    const auto slot = slotOf(snapshot, id);
    return slot ? RankedMember{snapshot.members[*slot], snapshot.fitness[*slot]} : RankedMember{};
}

RankedMember childRow(const SessionSnapshot& snapshot, const Parentage& wish, const Member& first,
                      const Member& second) {
    if (snapshot.handBred && snapshot.handBred->child && isBred(*snapshot.handBred, wish))
        return {snapshot.handBred->child, snapshot.handBred->fitness};
    const auto born = snapshot.evaluations + 1;
    Member child{.id = {foundersAtFirst(*snapshot.run) + born},
                 .genome = nullptr,
                 .scores = {},
                 .parentage = wish,
                 .born = born};
    const auto *a = recipeOf(first), *b = recipeOf(second);
    if (a && b && a->loci() == b->loci())
        child.genome = std::make_shared<const RecipeGenome>(linearChild(*a, *b, wish.splice));
    return {std::make_shared<const Member>(std::move(child)), std::numeric_limits<double>::quiet_NaN()};
}

}  // namespace

Recipe linearChild(const Recipe& first, const Recipe& second, const Splice& splice) {
    std::vector<MixedSpan> spans;
    for (const auto& [end, ratio, side] : stretchesOf(splice, first.loci()))
        spans.push_back({end, {1.0 - ratio, ratio}});
    return combine(first, second, spans);
}

GenomeFramePtr makeBreedFrame(const SnapshotPtr& snapshot, const Parentage& wish, VectorRange range, std::size_t width,
                              const GenomeFramePtr& previous) {
    GenomeRequest request{.snapshot = snapshot, .range = range, .width = width};
    const auto first = rowOf(*snapshot, wish.first);
    const auto second = rowOf(*snapshot, wish.second);
    if (!first.member || !second.member) {
        auto nobody = std::make_shared<GenomeFrame>();
        nobody->snapshot = snapshot;
        return nobody;
    }
    request.rows = {first, second, childRow(*snapshot, wish, *first.member, *second.member)};
    request.child = 2;
    return makeGenomeFrame(request, previous);
}

bool isBred(const HandBred& bred, const Parentage& wish) {
    const auto& was = bred.parentage;
    return was.first == wish.first && was.second == wish.second && was.splice == wish.splice;
}

float Change::gain() const {
    if (child > std::max(first, second)) return child - std::max(first, second);
    if (child < std::min(first, second)) return child - std::min(first, second);
    return 0.0F;
}

std::vector<Change> changesOf(const SessionSnapshot& snapshot, const HandBred& bred) {
    std::vector<Change> changes;
    const auto first = rowOf(snapshot, bred.parentage.first).member;
    const auto second = rowOf(snapshot, bred.parentage.second).member;
    if (!bred.child || !first || !second) return changes;
    const auto child = bred.child->scores.values();
    const auto a = first->scores.values(), b = second->scores.values();
    for (std::size_t sample = 0; sample < std::min({child.size(), a.size(), b.size()}); ++sample)
        if (const Change change{sample, a[sample], b[sample], child[sample]}; change.gain() != 0.0F)
            changes.push_back(change);
    std::ranges::stable_sort(changes, [](const Change& one, const Change& other) {
        const bool gains = one.gain() > 0.0F, theirs = other.gain() > 0.0F;
        return gains != theirs ? gains : std::abs(one.gain()) > std::abs(other.gain());
    });
    return changes;
}

}  // namespace mergarium
