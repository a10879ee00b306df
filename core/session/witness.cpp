#include "core/session/witness.h"

#include "core/checkpoint/fingerprint.h"

#include <cstdint>

namespace mergarium {

std::string contentHash(std::span<const float> parameters) {
    Fingerprint fingerprint;
    fingerprint.add(std::as_bytes(parameters));
    return fingerprint.hex();
}

std::string contentHash(const Genome& genome) {
    Fingerprint fingerprint;
    fingerprint.add(genome.pack());
    return fingerprint.hex();
}

std::string archiveHash(std::span<const MemberPtr> slots) {
    Fingerprint fingerprint;
    for (const auto& member : slots) {
        // The number tells an empty slot from a member, and where one ends.
        const std::uint64_t id = member ? member->id.value : 0;
        fingerprint.add(std::as_bytes(std::span(&id, 1)));
        if (!member) continue;
        fingerprint.add(member->genome->pack());
        fingerprint.add(std::as_bytes(member->scores.values()));
    }
    return fingerprint.hex();
}

}  // namespace mergarium
