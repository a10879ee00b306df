// How long a look back takes, position by position, over a run of digits: at random, and dragging from end to end.
#include "core/configuration/presets.h"
#include "core/configuration/yaml.h"
#include "core/history/history.h"
#include "core/session/session.h"
#include "core/session/stored_session.h"
#include "core/startup/paths.h"
#include "core/startup/tuned_libraries.h"
#include "tests/bench/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace mergarium;
using Clock = std::chrono::steady_clock;

namespace {

RunId runPreset(const std::string& preset, std::uint64_t evaluations, const std::filesystem::path& database) {
    auto configuration = readConfiguration(findResources() / "presets" / (preset + ".yaml"));
    configuration.evaluations = evaluations;
    configuration.device = "cpu";
    Session session({.run = NewRun{configuration}, .database = database, .resources = findResources(), .threads = 1},
                    nullptr);
    SnapshotPtr last;
    for (bool ended = false; !ended;) {
        ended = session.waitFor(std::chrono::milliseconds(200));
        if (auto snapshot = session.take()) last = std::move(snapshot);
    }
    if (last->phase != Phase::Finished) throw std::runtime_error(last->message);
    return last->run->id;
}

double millisecondsSince(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

void tell(const char* what, std::vector<double> times) {
    std::sort(times.begin(), times.end());
    double sum = 0.0;
    for (const double time : times) sum += time;
    fmt::print("{:<34} {:>8.2f} {:>8.2f} {:>8.2f} {:>8.2f}\n", what, sum / static_cast<double>(times.size()),
               times[times.size() / 2], times[times.size() * 99 / 100], times.back());
}

}  // namespace

int main(int argc, char** argv) {
    restartWithTunedLibraries(argv);
    std::string preset = "digits-specialists";
    std::uint64_t evaluations = 10'000;
    int positions = 500;
    bench::Options("Looking back at a run, position by position")
        .add("--preset", &preset)
        .add("--evaluations", &evaluations)
        .add("--positions", &positions)
        .read(argc, argv);

    const auto folder = std::filesystem::temp_directory_path() /
                        fmt::format("mergarium-bench-{}", Clock::now().time_since_epoch().count());
    std::filesystem::create_directory(folder);
    const auto database = folder / "runs.db";
    const auto run = runPreset(preset, evaluations, database);
    const auto latest = storedSnapshot(database, run, findResources());

    auto start = Clock::now();
    History history(database, latest);
    const double opened = millisecondsSince(start);
    start = Clock::now();
    (void)history.at(evaluations);
    const double first = millisecondsSince(start);

    std::vector<double> random, dragged;
    std::mt19937_64 generator(1);
    for (int i = 0; i < positions; ++i) {
        start = Clock::now();
        (void)history.at(generator() % (evaluations + 1));
        random.push_back(millisecondsSince(start));
    }
    History fresh(database, latest);
    for (int i = 0; i <= positions; ++i) {
        start = Clock::now();
        (void)fresh.at(evaluations * static_cast<std::uint64_t>(i) / static_cast<std::uint64_t>(positions));
        dragged.push_back(millisecondsSince(start));
    }
    std::filesystem::remove_all(folder);

    fmt::print("{}: {} evaluations, {} accepted, {} members\n", preset, evaluations, history.acceptedSteps().size(),
               latest->members.size());
    fmt::print("opening {:.1f} ms; the first look back, which breeds every child again, {:.1f} ms\n", opened, first);
    if (!history.whyNoGenomes().empty()) fmt::print("without genomes: {}\n", history.whyNoGenomes());
    fmt::print("{:<34} {:>8} {:>8} {:>8} {:>8}\n", "ms a position", "mean", "median", "99 %", "worst");
    tell("at random", random);
    tell("dragged from end to end, anew", dragged);
    return 0;
}
