#pragma once

#include "core/archive/member.h"

#include <span>
#include <string>

namespace mergarium {

/// SHA-256 of parameters, hexadecimal.
std::string parametersHash(std::span<const float> parameters);

/// SHA-256 of what a genome is: parameters, or a packed recipe; hexadecimal.
std::string genomeHash(const Genome& genome);

/// SHA-256 over the slots in order, genomes and scores: two runs that agree in it went the same way. The slots' members
/// must have genomes.
std::string archiveHash(std::span<const MemberPtr> slots);

}  // namespace mergarium
