#include "core/session/stored_session.h"

#include "core/session/experiment.h"
#include "core/store/run_catalog.h"

namespace mergarium {

SnapshotPtr storedSnapshot(const std::filesystem::path& database, RunId run, const std::filesystem::path& resources) {
    auto snapshot = RunCatalog(database).snapshot(run);
    RunDescription description = *snapshot.run;
    description.samples = samplesOf(description.configuration, resources);
    snapshot.run = std::make_shared<const RunDescription>(std::move(description));
    return std::make_shared<const SessionSnapshot>(std::move(snapshot));
}

}  // namespace mergarium
