#include "core/evaluation/archive_hash.h"

#include "core/files/fingerprint.h"
#include "core/genome/dense_genome.h"

#include <cstdint>

namespace mergarium {
namespace {

/// A dense genome is its parameters; a recipe beside them only says how they came about.
void add(Fingerprint& fingerprint, const Genome& genome) {
    if (const auto* dense = dynamic_cast<const DenseGenome*>(&genome))
        fingerprint.add(std::as_bytes(dense->values()));
    else
        fingerprint.add(genome.pack());
}

}  // namespace

std::string parametersHash(std::span<const float> parameters) {
    Fingerprint fingerprint;
    fingerprint.add(std::as_bytes(parameters));
    return fingerprint.hex();
}

std::string genomeHash(const Genome& genome) {
    Fingerprint fingerprint;
    add(fingerprint, genome);
    return fingerprint.hex();
}

std::string archiveHash(std::span<const MemberPtr> slots) {
    Fingerprint fingerprint;
    for (const auto& member : slots) {
        // The number tells an empty slot from a member, and where one ends.
        const std::uint64_t id = member ? member->id.value : 0;
        fingerprint.add(std::as_bytes(std::span(&id, 1)));
        if (!member) continue;
        add(fingerprint, *member->genome);
        fingerprint.add(std::as_bytes(member->scores.values()));
    }
    return fingerprint.hex();
}

}  // namespace mergarium
