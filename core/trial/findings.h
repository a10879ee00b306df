#pragma once

#include "core/subprocess/program.h"
#include "core/trial/finding.h"

#include <string_view>
#include <vector>

namespace mergarium {

struct Trial;

/// What a trial's attempts and failures tell, the gravest first; a cause comes before its consequence.
std::vector<Finding> findingsOf(const Trial& trial);

/// The program that scores was not started, since nobody has approved it.
Finding untrusted(const Program& program);
/// It could not be started. `failure` is a sentence.
Finding notStarted(std::string_view failure);

}  // namespace mergarium
