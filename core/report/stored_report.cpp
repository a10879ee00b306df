#include "core/report/stored_report.h"

#include "core/report/run_report.h"
#include "core/session/stored_session.h"
#include "core/store/run_catalog.h"

#include <vector>

namespace mergarium {

Report storedReport(const std::filesystem::path& database, RunId run, const std::filesystem::path& resources,
                    const std::string& versions, const Progress& progress) {
    const auto lookUp = [&] {
        if (progress && !progress(0, 0)) throw Cancelled();
    };
    lookUp();
    ReportedRun reported{.run = storedSnapshot(database, run, resources),
                         .database = database.filename().string(),
                         .versions = versions};
    lookUp();
    const RunCatalog catalog(database);
    reported.interventions = catalog.interventions(run);
    // A run that is going on may have been changed since.
    std::erase_if(reported.interventions,
                  [&](const Intervention& one) { return one.step > reported.run->evaluations; });
    if (const auto best = bestSlot(reported.run->members))
        reported.family = catalog.family(run, reported.run->members[*best]->id);
    lookUp();
    return reportOf(reported);
}

}  // namespace mergarium
