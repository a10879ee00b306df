#pragma once

#include "core/archive/archive.h"
#include "core/genome/splice.h"

#include <cstdint>
#include <functional>

namespace mergarium {

/// Who is to be bred with whom, and how. Move-only: `admit` consumes what `propose` returned, so no step is admitted twice.
struct Mating {
    Mating(std::uint64_t atStep, MemberPtr parent1, MemberPtr parent2, Splice by)
        : step(atStep), first(std::move(parent1)), second(std::move(parent2)), splice(std::move(by)) {}
    Mating(Mating&&) = default;
    Mating& operator=(Mating&&) = default;

    std::uint64_t step;
    MemberPtr first;
    MemberPtr second;
    Splice splice;
};

/// A scored child, whose genome is made only if it stays.
struct Offspring {
    MemberId id;
    Scores scores;
    std::function<GenomePtr()> genome;
};

/// A search: proposes the next mating, admits the scored child. Deterministic for a seed: step t of a resumed run is step t
/// of the one that was never interrupted. Knows no threads, SQL or networks.
class Strategy {
public:
    virtual ~Strategy() = default;
    /// What step `step` (1, 2, ...) breeds, given the archive as it stands.
    virtual Mating propose(std::uint64_t step) = 0;
    virtual Admission admit(Mating mating, Offspring child) = 0;
    virtual const Archive& archive() const = 0;
};

}  // namespace mergarium
