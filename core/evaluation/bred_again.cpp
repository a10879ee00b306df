#include "core/evaluation/bred_again.h"

#include <fmt/format.h>

#include <set>
#include <stdexcept>

namespace mergarium {
namespace {

/// The members that have to be bred to get the last of `line`: ancestors of members at hand are not needed.
std::set<MemberId> toBeBred(std::span<const MemberPtr> line, const std::map<MemberId, GenomePtr>& genomes) {
    std::set<MemberId> wanted{line.back()->id};
    for (auto member = line.rbegin(); member != line.rend(); ++member) {
        const auto& parentage = (*member)->parentage;
        if (!parentage || !wanted.contains((*member)->id) || genomes.contains((*member)->id)) continue;
        wanted.insert(parentage->first);
        wanted.insert(parentage->second);
    }
    return wanted;
}

}  // namespace

GenomePtr bredAgain(std::span<const MemberPtr> line, std::map<MemberId, GenomePtr> genomes, const Breeding& breeding) {
    const auto wanted = toBeBred(line, genomes);
    for (const auto& member : line) {
        if (!wanted.contains(member->id) || genomes.contains(member->id)) continue;
        if (!member->parentage)
            throw std::runtime_error(fmt::format(
                "Member {} was no child of two parents, and its run has stored no checkpoint of it; resume the run, or "
                "choose a member of the latest archive.",
                member->id.value));
        genomes[member->id] = breeding.keep(breeding.breed(
            *genomes.at(member->parentage->first), *genomes.at(member->parentage->second), member->parentage->splice));
    }
    return genomes.at(line.back()->id);
}

}  // namespace mergarium
