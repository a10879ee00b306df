#pragma once

#include "core/archive/member.h"
#include "core/report/report.h"
#include "core/report/run_report.h"

#include <string>

namespace mergarium {

/// "#3 × #17, ratio 0.50, split at 1,200".
std::string wordsOf(const Parentage& parentage);

/// Appends the section "How to repeat it": commands that end with the same archive, and what was done to the run from
/// outside, each with its step.
void tellHowToRepeat(Report& report, const ReportedRun& reported);

}  // namespace mergarium
