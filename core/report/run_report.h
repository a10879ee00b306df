#pragma once

#include "core/report/report.h"
#include "core/run/snapshot.h"
#include "core/store/changes/interventions.h"
#include "core/store/family.h"

#include <string>
#include <vector>

namespace mergarium {

/// What a report tells of one run.
struct ReportedRun {
    /// As stored (core/session/stored_session.h).
    SnapshotPtr run;
    /// The best member's ancestors as far as they are to be told, and it; empty: no lineage is told.
    Family family = {};
    /// What was done to it from outside, in order.
    std::vector<Intervention> interventions = {};
    /// The database's file name, for the commands that repeat the run; its folder is nobody's business.
    std::string database;
    /// Of the program and its libraries, a line each.
    std::string versions;
};

/// Result, curves, niches, best members, lineage, answers, founders, configuration, and how to repeat it. Long texts of
/// samples, answers and names are cut. Pure; O(members x samples).
Report reportOf(const ReportedRun& reported);

/// The best score and its companions over the evaluations, in percent. `curve` has a point or more.
Drawing curvesDrawing(const std::vector<ProgressPoint>& curve);

/// Members, fittest first, by samples, class by class: a cell is as bright as the member's share of the sample is
/// large. Without members an empty drawing.
Drawing nichesDrawing(const SessionSnapshot& snapshot);

}  // namespace mergarium
