// How much faster children are scored side by side. One run measures one lane and several in turn, several times over;
// medians are compared.
#include "core/configuration/yaml.h"
#include "core/session/session.h"
#include "core/startup/paths.h"
#include "core/startup/tuned_libraries.h"
#include "tests/bench/measuring.h"
#include "tests/bench/options.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <vector>

using namespace mergarium;
using namespace mergarium::bench;

namespace {

/// Evaluations a second of a run from nothing to its end.
double rateOf(const RunConfiguration& configuration, std::size_t threads, std::size_t lanes,
              const std::filesystem::path& database) {
    Session session({.run = NewRun{configuration},
                     .database = database,
                     .resources = findResources(),
                     .threads = threads,
                     .lanes = lanes,
                     .startPaused = false},
                    nullptr);
    SnapshotPtr last;
    for (bool ended = false; !ended;) {
        ended = session.waitFor(std::chrono::milliseconds(50));
        if (auto snapshot = session.take()) last = std::move(snapshot);
    }
    std::filesystem::remove(database);
    if (last->phase != Phase::Finished) throw std::runtime_error(last->message);
    return static_cast<double>(configuration.evaluations) / last->seconds;
}

void compare(const char* what, const RunConfiguration& configuration, std::size_t lanes, int rounds,
             const std::filesystem::path& folder) {
    std::vector<double> one, threads, many;
    for (int round = 0; round < rounds; ++round) {
        one.push_back(rateOf(configuration, 1, 1, folder / "runs.db"));
        threads.push_back(rateOf(configuration, lanes, 1, folder / "runs.db"));
        many.push_back(rateOf(configuration, lanes, lanes, folder / "runs.db"));
    }
    fmt::print("{}: {:.1f} evaluations a second in one lane of one thread, {:.1f} in one of {}, {:.1f} in {} lanes\n",
               what, median(one), median(threads), lanes, median(many), lanes);
    fmt::print("{}: {} lanes / one lane of one thread: {:.2f}\n", what, lanes, median(many) / median(one));
}

}  // namespace

int main(int argc, char** argv) {
    restartWithTunedLibraries(argv);
    std::size_t lanes = 2;
    int rounds = 5;
    std::uint64_t offspring = 8, digits = 4000, language = 64;
    bench::Options("Several lanes against one")
        .add("--lanes", &lanes)
        .add("--rounds", &rounds)
        .add("--offspring", &offspring)
        .add("--digits", &digits, "Evaluations of a run on the digits; 0: none")
        .add("--language", &language, "Evaluations of a run of two tiny language models; 0: none")
        .read(argc, argv);

    const auto folder = std::filesystem::temp_directory_path() /
                        fmt::format("mergarium-bench-{}", std::chrono::steady_clock::now().time_since_epoch().count());
    std::filesystem::create_directory(folder);
    if (digits > 0) {
        RunConfiguration configuration;
        configuration.device = "cpu";
        configuration.evaluations = digits;
        std::get<M2n2Settings>(configuration.strategy).offspring = offspring;
        compare("digits", configuration, lanes, rounds, folder);
    }
    if (language > 0) {
        auto configuration = readConfiguration(findResources() / "presets/language-demo.yaml");
        configuration.device = "cpu";
        configuration.evaluations = language;
        std::get<M2n2Settings>(configuration.strategy).offspring = offspring;
        compare("language demo", configuration, lanes, rounds, folder);
    }
    std::filesystem::remove_all(folder);
    return 0;
}
