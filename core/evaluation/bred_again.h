#pragma once

#include "core/archive/member.h"
#include "core/genome/genome.h"

#include <map>
#include <span>

namespace mergarium {

/// The genome of the last of `line`, which is a member and all its ancestors (RunCatalog::ancestry): as `genomes` has
/// it, or bred again, birth by birth, from those that it has; founders' must be among them. To the bit what it was in
/// its run. Throws std::runtime_error when a member was no child of parents and its genome isn't there.
GenomePtr bredAgain(std::span<const MemberPtr> line, std::map<MemberId, GenomePtr> genomes, const Breeding& breeding);

}  // namespace mergarium
