// How much the whole engine takes beyond the forward passes of its children. One run measures, in turn and several
// times over: bare passes of the same networks through libtorch, the fused pass, and the engine with its database and
// with somebody looking at 20 snapshots a second. Medians are compared.
#include "core/evaluation/experiment.h"
#include "core/networks/fused_mlp.h"
#include "core/networks/mlp.h"
#include "core/session/session.h"
#include "core/startup/paths.h"
#include "core/startup/tuned_libraries.h"
#include "core/tasks/digits/classifier.h"
#include "tests/bench/measuring.h"
#include "tests/bench/options.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <torch/types.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <vector>

using namespace mergarium;
using namespace mergarium::bench;
using Clock = std::chrono::steady_clock;

namespace {

/// A run from nothing to its end; returns the computing time per child.
double runEngine(std::uint64_t evaluations, std::size_t threads, const std::filesystem::path& database) {
    RunConfiguration configuration;
    configuration.evaluations = evaluations;
    configuration.device = "cpu";
    Session session({.run = NewRun{configuration},
                     .database = database,
                     .resources = findResources(),
                     .threads = threads,
                     .startPaused = false},
                    nullptr);
    SnapshotPtr last;
    for (bool ended = false; !ended;) {
        ended = session.waitFor(std::chrono::milliseconds(50));
        if (auto snapshot = session.take()) last = std::move(snapshot);
    }
    if (last->phase != Phase::Finished) throw std::runtime_error(last->message);
    return last->seconds / static_cast<double>(evaluations);
}

}  // namespace

int main(int argc, char** argv) {
    restartWithTunedLibraries(argv);
    std::size_t threads = 1;
    std::uint64_t evaluations = 2000;
    int rounds = 7;
    bench::Options("Engine against bare forward passes, on the digits")
        .add("--threads", &threads)
        .add("--evaluations", &evaluations)
        .add("--rounds", &rounds)
        .read(argc, argv);

    RunConfiguration configuration;
    configuration.device = "cpu";
    auto experiment = prepare(configuration, {.database = {}, .resources = findResources(), .threads = threads});
    auto& task = *experiment.task;
    const auto founder = experiment.founders.front().genome;
    task.load(*founder);
    std::vector<float> scores(task.samples()->size());

    const auto digits = readDigits(findResources() / "data/digits.csv.gz");
    const auto rows = static_cast<std::int64_t>(digits.train.size());
    Mlp network({}, torch::kCPU);
    founder->materialize(network.parameters());
    const auto inputs = torch::tensor(digits.train.values).view({rows, 64});
    auto hidden = torch::empty({rows, 256});
    auto logits = torch::empty({rows, 10});

    const auto folder = std::filesystem::temp_directory_path() /
                        fmt::format("mergarium-bench-{}", Clock::now().time_since_epoch().count());
    std::filesystem::create_directory(folder);
    constexpr int kPasses = 300;
    std::vector<double> bare, fused, engine;
    for (int round = 0; round < rounds; ++round) {
        bare.push_back(secondsOf([&] {
                           const c10::InferenceMode inference;
                           for (int pass = 0; pass < kPasses; ++pass) network.forward(inputs, hidden, logits);
                       }) /
                       kPasses);
        fused.push_back(secondsOf([&] {
                            for (int pass = 0; pass < kPasses; ++pass) {
                                task.load(*founder);
                                scoreAll(task, scores);
                            }
                        }) /
                        kPasses);
        engine.push_back(runEngine(evaluations, threads, folder / fmt::format("{}.db", round)));
    }
    std::filesystem::remove_all(folder);

    const double reference = median(bare);
    fmt::print("{} thread{}, 1,437 digits, medians of {} rounds\n", threads, threads == 1 ? "" : "s", rounds);
    fmt::print("{:<44} {:>9} {:>12} {:>12}\n", "", "ms", "per second", "x bare pass");
    const auto line = [&](const char* what, double seconds) {
        fmt::print("{:<44} {:>9.3f} {:>12.0f} {:>12.2f}\n", what, 1e3 * seconds, 1.0 / seconds, seconds / reference);
    };
    line("bare forward pass (libtorch)", reference);
    line("fused pass with scoring", median(fused));
    line("whole engine, database and snapshots on", median(engine));
    fmt::print("engine / fused pass: {:.2f}\n", median(engine) / median(fused));
    return 0;
}
