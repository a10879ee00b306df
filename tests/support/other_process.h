#pragma once

#include "tests/support/stopped_run.h"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace mergarium::test {

/// The hold (core/store/run_claim.h) of a process that outlives the suite: its parent.
inline std::string holdOfAnother() {
    const auto process = std::to_string(getppid());
    std::ifstream stream("/proc/" + process + "/stat");
    std::string line;
    std::getline(stream, line);
    std::istringstream fields(line.substr(line.rfind(')') + 1));
    std::string field;
    for (int index = 3; index <= 22; ++index) fields >> field;
    return process + " " + field + " 1";
}

/// Run 1 is computed by that process, or by `owner`.
inline void giveAway(const std::filesystem::path& database, const std::string& owner = holdOfAnother()) {
    exec(database, fmt::format("UPDATE runs SET owner = '{}' WHERE run = 1", owner));
}

}  // namespace mergarium::test
