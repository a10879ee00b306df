#include "core/store/run_claim.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <mutex>
#include <set>
#include <sstream>

namespace mergarium {
namespace {

/// The claims that this process holds.
struct Holds {
    std::mutex mutex;
    std::set<std::string, std::less<>> texts;
    unsigned made = 0;
};

Holds& holds() {
    static Holds one;
    return one;
}

/// Field 22 of /proc/N/stat, in clock ticks since boot; empty when there is no such process.
std::string startTime(std::string_view process) {
    std::ifstream stream(fmt::format("/proc/{}/stat", process));
    std::string line;
    if (!std::getline(stream, line)) return {};
    const auto nameEnd = line.rfind(')');  // the name may itself hold spaces and brackets
    if (nameEnd == std::string::npos) return {};
    std::istringstream fields(line.substr(nameEnd + 1));
    std::string field;
    for (int index = 3; index <= 22; ++index) fields >> field;
    return field;
}

std::string thisProcess() {
    const auto number = std::to_string(getpid());
    return number + " " + startTime(number);
}

}  // namespace

RunClaim::RunClaim() {
    const std::lock_guard lock(holds().mutex);
    text_ = fmt::format("{} {}", thisProcess(), ++holds().made);
    holds().texts.insert(text_);
}

RunClaim::~RunClaim() {
    const std::lock_guard lock(holds().mutex);
    holds().texts.erase(text_);
}

bool isHeld(std::string_view claim) {
    const auto last = claim.rfind(' ');
    const auto first = claim.find(' ');
    if (first == std::string_view::npos || first == last) return false;
    const auto process = claim.substr(0, last);
    if (process == thisProcess()) {
        const std::lock_guard lock(holds().mutex);
        return holds().texts.contains(claim);
    }
    const auto started = startTime(claim.substr(0, first));
    return !started.empty() && started == process.substr(first + 1);
}

bool isHeldElsewhere(std::string_view claim) {
    return isHeld(claim) && claim.substr(0, claim.rfind(' ')) != thisProcess();
}

}  // namespace mergarium
