#pragma once

#include "core/run/snapshot.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace mergarium {

/// A stored run at any of its steps, rebuilt from its births. In memory is a line for every accepted child, and of
/// scores and recipes as much as is worth keeping; the rest is read when it is asked for. Use from one thread, not the
/// window's. Everything throws StoreError with one sentence where the run can't be read or can't be true.
class History {
public:
    /// `latest`: the run as it is shown now; its description, samples included, is every look back's.
    History(const std::filesystem::path& database, SnapshotPtr latest);
    ~History();

    /// Takes in what has been stored since.
    void refresh();
    /// So many are stored.
    std::uint64_t evaluations() const;
    /// At which steps children were accepted, ascending.
    std::vector<std::uint64_t> acceptedSteps() const;
    /// As it is stored, whole.
    const std::shared_ptr<const std::vector<ProgressPoint>>& curve() const;

    /// The run as it was after `step` evaluations (at most `evaluations()`): what a live run showed then, with these
    /// differences. Genomes are recipes for viewing; null where members are no mixtures of founders that are at hand,
    /// which `whyNoGenomes` explains. Test scores are all that became known. Answers are those of members that live
    /// still. Phase Paused; speed, samples scored, message and hash of the archive are left empty.
    SnapshotPtr at(std::uint64_t step);
    /// One sentence once a look back couldn't give genomes; else empty.
    const std::string& whyNoGenomes() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mergarium
