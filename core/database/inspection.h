#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace mergarium {

/// What of a run is sealed as a whole; Events: those that decide its result (event_kinds.h), and founders that joined.
/// Births are sealed one flush after the other.
enum class SealedPart { Description, Standing, ProgressCurve, Tests, Answers, Checkpoint, Events };

/// What is counted up to a birth and can't be told from the births.
struct BirthCounters {
    std::uint64_t accepted = 0;
    double seconds = 0.0;
    std::uint64_t samplesScored = 0;
    std::uint64_t samplesSaved = 0;
};

/// What came of comparing a run with its seals.
struct Inspection {
    /// Up to this step births are as they were stored; all that there are, unless `birthsBroken`.
    std::uint64_t wholeUntil = 0;
    BirthCounters counters;
    bool birthsBroken = false;
    std::set<SealedPart> broken;

    bool isWhole() const { return !birthsBroken && broken.empty(); }
    /// Whether the run can be gone on with from `wholeUntil`.
    bool canGoBack() const { return !broken.contains(SealedPart::Description) && !broken.contains(SealedPart::Events); }
    /// One sentence; empty when nothing is broken.
    std::string sentence() const;
};

/// What is done with a run of which something isn't as it was stored.
enum class IfDamaged { Refuse, GoBack };

std::string_view nameOf(SealedPart part);

}  // namespace mergarium
