#include "core/session/stored_session.h"

#include "core/evaluation/experiment.h"
#include "core/store/run_catalog.h"

#include <stdexcept>

namespace mergarium {
namespace {

std::size_t sampleCount(const SessionSnapshot& snapshot) {
    for (const auto& member : snapshot.members)
        if (member) return member->scores.size();
    return 0;
}

/// The samples lie in files of their own. Where one is gone, or isn't the same any more, the scores are still worth
/// seeing.
std::shared_ptr<const SampleSet> samplesFor(const SessionSnapshot& snapshot, const std::filesystem::path& resources) {
    const auto count = sampleCount(snapshot);
    try {
        auto samples = samplesOf(snapshot.run->configuration, resources);
        if (samples->size() == count) return samples;
    } catch (const std::runtime_error&) {
    }
    SampleSet unknown;
    unknown.groupNoun = "group";
    unknown.groupNames = {"samples not found"};
    unknown.groups.resize(count);
    unknown.texts.resize(count);
    return std::make_shared<const SampleSet>(std::move(unknown));
}

}  // namespace

SnapshotPtr storedSnapshot(const std::filesystem::path& database, RunId run, const std::filesystem::path& resources) {
    auto snapshot = RunCatalog(database).snapshot(run);
    RunDescription description = *snapshot.run;
    description.samples = samplesFor(snapshot, resources);
    snapshot.run = std::make_shared<const RunDescription>(std::move(description));
    return std::make_shared<const SessionSnapshot>(std::move(snapshot));
}

}  // namespace mergarium
