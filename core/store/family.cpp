#include "core/store/family.h"

#include "core/archive/coverage.h"
#include "core/store/stored_run.h"

#include <algorithm>
#include <map>

namespace mergarium {
namespace {

/// Its parents' numbers, one where both are the same.
std::vector<MemberId> parentsOf(const Member& member) {
    if (!member.parentage) return {};
    const auto& [first, second, splice] = *member.parentage;
    if (first == second) return {first};
    return {first, second};
}

/// Breadth first, so that what `most` cuts off is furthest away.
class FamilyWalk {
public:
    FamilyWalk(const StoredRun& run, const FamilyReach& reach) : run_(run), reach_(reach), children_(run.children()) {}

    Family follow(MemberId from) {
        if (!include(from)) return {};
        spread(from, [&](MemberId id, std::size_t births) {
            const bool wanted = births < reach_.ancestors || reach_.opened.contains(id);
            return wanted && !reach_.closed.contains(id) ? parentsOf(*found_.at(id)) : std::vector<MemberId>();
        });
        spread(from, [&](MemberId id, std::size_t births) {
            return births < reach_.descendants ? childrenOf(id) : std::vector<MemberId>();
        });
        Family family{.isCut = isCut_};
        for (const auto& [id, member] : found_) family.relatives.push_back(relativeOf(member));
        return family;
    }

private:
    bool include(MemberId id) {
        if (found_.contains(id)) return true;
        if (found_.size() >= reach_.most) {
            isCut_ = true;
            return false;
        }
        auto member = run_.memberOf(id);
        if (!member) return false;
        found_.emplace(id, std::move(member));
        return true;
    }

    /// `next`: whom to go on to from a member so many births away.
    template <class Next>
    void spread(MemberId from, Next next) {
        std::vector<MemberId> front{from};
        std::set<MemberId> seen{from};
        for (std::size_t births = 0; !front.empty(); ++births) {
            std::vector<MemberId> reached;
            for (const auto id : front)
                for (const auto other : next(id, births))
                    if (seen.insert(other).second && include(other)) reached.push_back(other);
            front = std::move(reached);
        }
    }

    std::vector<MemberId> childrenOf(MemberId id) const {
        const auto found = children_.find(id);
        return found == children_.end() ? std::vector<MemberId>() : found->second;
    }

    Relative relativeOf(const MemberPtr& member) const {
        Relative relative{.member = member};
        const auto hidden = [&](const std::vector<MemberId>& others) {
            return static_cast<std::size_t>(
                std::ranges::count_if(others, [&](MemberId other) { return !found_.contains(other); }));
        };
        const auto parents = parentsOf(*member);
        relative.hiddenParents = hidden(parents);
        relative.hiddenChildren = hidden(childrenOf(member->id));
        if (parents.empty()) return relative;
        std::vector<MemberPtr> bred;
        for (const auto parent : parents) {
            const auto found = found_.find(parent);
            bred.push_back(found != found_.end() ? found->second : run_.memberOf(parent));
        }
        const auto scores = member->scores.values();
        for (std::size_t sample = 0; sample < scores.size(); ++sample) {
            const bool inherited = std::ranges::any_of(
                bred, [&](const auto& parent) { return parent && parent->scores.values()[sample] >= kSolved; });
            relative.gained += scores[sample] >= kSolved && !inherited;
            relative.lost += scores[sample] < kSolved && inherited;
        }
        return relative;
    }

    const StoredRun& run_;
    const FamilyReach& reach_;
    const std::map<MemberId, std::vector<MemberId>> children_;
    std::map<MemberId, MemberPtr> found_;
    bool isCut_ = false;
};

}  // namespace

Family familyOf(const StoredRun& run, MemberId member, const FamilyReach& reach) {
    return FamilyWalk(run, reach).follow(member);
}

}  // namespace mergarium
