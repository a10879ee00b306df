#include "core/cluster/cluster_settings.h"

#include <fmt/format.h>

#include <random>

namespace mergarium {

std::string newKey() {
    std::random_device device;
    std::string key;
    for (int word = 0; word < 3; ++word) key += fmt::format("{:08x}", device());
    return key;
}

Queue ticketsOf(const std::string& key, Milliseconds silence) {
    return {.stream = "MERGARIUM_TICKETS",
            .allSubjects = "mergarium.tickets.*",
            .name = key,
            .subject = "mergarium.tickets." + key,
            .silence = silence};
}

Queue resultsOf(const std::string& key) {
    return {.stream = "MERGARIUM_RESULTS",
            .allSubjects = "mergarium.results.*",
            .name = key,
            .subject = "mergarium.results." + key,
            .silence = Milliseconds{5'000},
            .deliverTo = subjectTo(key, "results")};
}

std::string subjectTo(const std::string& key, const std::string& what) { return "mergarium.to." + key + "." + what; }

}  // namespace mergarium
