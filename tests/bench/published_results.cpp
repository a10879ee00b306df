// Repeats the published digits experiment: every arm over several seeds, mean and standard error of the test accuracy of
// the member that is best in training, next to what the paper reports (section 4.1, figure 2).
#include "core/session/presets.h"
#include "core/session/process.h"
#include "core/session/session.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace mergarium;

namespace {

struct Arm {
    const char* preset;
    /// Percent; absent where the paper gives no number.
    std::optional<double> published;
};

constexpr Arm kSpecialists[] = {{"digits-specialists", 68.4},
                                {"digits-specialists-no-attraction", 66.2},
                                {"digits-specialists-no-split-point", 57.8},
                                {"digits-specialists-ga", 52.0}};
constexpr Arm kScratch[] = {{"digits-scratch", 85.0},
                            {"digits-scratch-no-crossover", std::nullopt},
                            {"digits-scratch-ga", std::nullopt},
                            {"digits-scratch-ga-no-crossover", std::nullopt}};

struct Result {
    double train = 0.0;
    double test = 0.0;
};

Result outcomeOf(const RunConfiguration& configuration, const std::filesystem::path& database) {
    Session session({.run = NewRun{configuration}, .database = database, .resources = findResources(), .threads = 1, .startPaused = false},
                    nullptr);
    while (!session.waitFor(std::chrono::minutes(1))) continue;
    const auto last = session.take();
    if (last->phase != Phase::Finished) throw std::runtime_error(last->message);
    return {100.0 * last->curve->back().bestTrain, 100.0 * last->curve->back().bestTest};
}

std::string meanAndError(const std::vector<Result>& results, double Result::*part) {
    const auto count = static_cast<double>(results.size());
    double mean = 0.0;
    for (const auto& one : results) mean += one.*part / count;
    double squares = 0.0;
    for (const auto& one : results) squares += (one.*part - mean) * (one.*part - mean);
    const double error = results.size() > 1 ? std::sqrt(squares / (count - 1.0) / count) : 0.0;
    return fmt::format("{:.1f} +- {:.1f}", mean, error);
}

}  // namespace

int main(int argc, char** argv) {
    restartWithTunedLibraries(argv);
    std::uint64_t seeds = 10;
    std::uint64_t firstSeed = 1;
    std::optional<std::uint64_t> evaluations;
    std::size_t jobs = std::thread::hardware_concurrency();
    bool scratch = false;
    bool ownPairs = false;
    CLI::App program("The published digits results, repeated");
    program.add_option("--seeds", seeds, "Runs per arm");
    program.add_option("--first-seed", firstSeed);
    program.add_option("--evaluations", evaluations, "Instead of the preset's");
    program.add_option("--jobs", jobs, "Runs at a time, one thread each");
    program.add_flag("--scratch", scratch, "From two untrained networks");
    program.add_flag("--own-pairs", ownPairs, "From a new pair of specialists for every seed");
    CLI11_PARSE(program, argc, argv);

    const auto presets = readPresets(findResources());
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("mergarium-results-{}", std::chrono::steady_clock::now().time_since_epoch().count());
    std::filesystem::create_directory(folder);
    fmt::print("| arm | evaluations | seeds | train % | test % | published test % |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (const auto& arm : scratch ? std::span<const Arm>(kScratch) : std::span<const Arm>(kSpecialists)) {
        const auto preset = std::find_if(presets.begin(), presets.end(), [&](const auto& one) { return one.name == arm.preset; });
        if (preset == presets.end()) throw std::runtime_error(fmt::format("the preset {} is missing", arm.preset));
        auto configuration = preset->configuration;
        configuration.device = "cpu";
        if (evaluations) configuration.evaluations = *evaluations;
        if (ownPairs) configuration.founders = DigitsFounders::Specialists;

        std::vector<Result> results(seeds);
        std::atomic<std::uint64_t> next = 0;
        {
            std::vector<std::jthread> workers;
            for (std::size_t job = 0; job < std::max<std::size_t>(1, jobs); ++job)
                workers.emplace_back([&] {
                    for (std::uint64_t index = next++; index < seeds; index = next++) {
                        auto one = configuration;
                        one.seed = firstSeed + index;
                        results[index] = outcomeOf(one, folder / fmt::format("{}-{}.db", arm.preset, one.seed));
                    }
                });
        }
        fmt::print("| {} | {} | {} | {} | {} | {} |\n", arm.preset, configuration.evaluations, seeds, meanAndError(results, &Result::train),
                   meanAndError(results, &Result::test), arm.published ? fmt::format("{:.1f}", *arm.published) : std::string("-"));
        std::fflush(stdout);
    }
    std::filesystem::remove_all(folder);
    return 0;
}
