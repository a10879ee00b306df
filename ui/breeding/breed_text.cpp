#include "ui/breeding/breed_text.h"

#include "ui/breeding/breed_frame.h"
#include "ui/members/member_text.h"
#include "ui/theme/translation.h"

#include <algorithm>

namespace mergarium {
namespace {

/// What would become of it, and why.
QString verdictText(const HandBred& bred) {
    const auto fitness = fitnessText(bred.fitness);
    if (!bred.stays)
        return tr("Its fitness %1 would be the lowest: it would not be admitted to the archive.").arg(fitness);
    return bred.replaces
               ? tr("Its fitness %1 would let it in, in place of %2.").arg(fitness, memberText(*bred.replaces))
               : tr("Its fitness %1 would let it in, to an empty slot.").arg(fitness);
}

QString scoresText(const HandBred& bred) {
    const auto train = percentNumber(bred.child->scores.mean());
    return bred.test ? tr("%1 % train, %2 % test").arg(train, percentNumber(*bred.test)) : tr("%1 % train").arg(train);
}

}  // namespace

QString breedText(const SessionSnapshot& snapshot, const Parentage& wish) {
    const auto& bred = snapshot.handBred;
    if (!bred) return tr("Nothing has been bred. The third ribbon is what the child would be made of.");
    const auto parents = tr("%1 × %2").arg(memberText(bred->parentage.first), memberText(bred->parentage.second));
    if (!bred->failure.empty())
        return tr("The child of %1 can't be scored: %2").arg(parents, QString::fromStdString(bred->failure));
    if (!bred->child) return tr("The child of %1 is being scored.").arg(parents);
    const auto changes = changesOf(snapshot, *bred);
    const auto gains = std::ranges::count_if(changes, [](const Change& one) { return one.gain() > 0.0F; });
    const auto losses = static_cast<qsizetype>(changes.size()) - gains;
    auto text = tr("The child of %1 (%2): %3. Better than both parents at %4 samples, worse than both at %5. %6")
                    .arg(parents, spliceText(bred->parentage.splice, vectorLength(snapshot)), scoresText(*bred))
                    .arg(gains)
                    .arg(losses)
                    .arg(verdictText(*bred));
    if (!isBred(*bred, wish)) text += tr(" What is set above has been changed since.");
    return text;
}

QString noChangesText(const HandBred* bred) {
    if (bred && bred->child) return tr("At every sample the child is as good as one of its parents, or between them.");
    if (bred && !bred->failure.empty()) return tr("The child could not be scored, so there is nothing to compare.");
    return tr("The samples at which the child is better or worse than both parents are listed here once it is scored.");
}

}  // namespace mergarium
