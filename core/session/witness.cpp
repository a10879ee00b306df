#include "core/session/witness.h"

#include "core/session/fingerprint.h"

#include <cstdint>
#include <vector>

namespace mergarium {
namespace {

void add(Fingerprint& fingerprint, const Genome& genome, std::vector<float>& buffer) {
    buffer.resize(genome.length());
    genome.materialize(buffer);
    fingerprint.add(std::as_bytes(std::span<const float>(buffer)));
}

}  // namespace

std::string contentHash(const Genome& genome) {
    Fingerprint fingerprint;
    std::vector<float> buffer;
    add(fingerprint, genome, buffer);
    return fingerprint.hex();
}

std::string archiveHash(std::span<const MemberPtr> slots) {
    Fingerprint fingerprint;
    std::vector<float> buffer;
    for (const auto& member : slots) {
        // The number tells an empty slot from a member, and where one ends.
        const std::uint64_t id = member ? member->id.value : 0;
        fingerprint.add(std::as_bytes(std::span(&id, 1)));
        if (!member) continue;
        add(fingerprint, *member->genome, buffer);
        fingerprint.add(std::as_bytes(member->scores.values()));
    }
    return fingerprint.hex();
}

}  // namespace mergarium
