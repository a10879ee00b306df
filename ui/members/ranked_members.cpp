#include "ui/members/ranked_members.h"

#include <QFontMetricsF>
#include <QString>

#include <algorithm>

namespace mergarium {

std::vector<RankedMember> rankedMembers(const SessionSnapshot& snapshot) {
    std::vector<RankedMember> ranked;
    for (std::size_t slot = 0; slot < snapshot.members.size(); ++slot)
        if (snapshot.members[slot] && snapshot.members[slot]->scores.size() > 0)
            ranked.push_back({snapshot.members[slot], slot < snapshot.fitness.size() ? snapshot.fitness[slot] : 0.0});
    std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
        return a.fitness != b.fitness ? a.fitness > b.fitness : a.member->id < b.member->id;
    });
    return ranked;
}

std::optional<std::size_t> rankOf(const std::vector<RankedMember>& members, MemberId id) {
    const auto found =
        std::find_if(members.begin(), members.end(), [&](const auto& one) { return one.member->id == id; });
    if (found == members.end()) return {};
    return static_cast<std::size_t>(found - members.begin());
}

bool NewestFamily::isParent(std::size_t rank) const {
    return std::find(parents.begin(), parents.end(), rank) != parents.end();
}

NewestFamily newestFamily(const std::vector<RankedMember>& members) {
    const auto newest = std::max_element(members.begin(), members.end(),
                                         [](const auto& a, const auto& b) { return a.member->id < b.member->id; });
    if (newest == members.end() || !newest->member->parentage) return {};
    NewestFamily family{.newborn = static_cast<std::size_t>(newest - members.begin()), .parents = {}};
    const auto& parentage = *newest->member->parentage;
    for (std::size_t rank = 0; rank < members.size(); ++rank)
        if (members[rank].member->id == parentage.first || members[rank].member->id == parentage.second)
            family.parents.push_back(rank);
    return family;
}

double labelWidthOf(const std::vector<RankedMember>& members, const QFontMetricsF& metrics) {
    std::uint64_t largest = 100;
    for (const auto& one : members) largest = std::max(largest, one.member->id.value);
    return metrics.horizontalAdvance('#' + QString(QString::number(largest).size(), '0'));
}

}  // namespace mergarium
