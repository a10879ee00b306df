#include "core/comparison/comparison.h"

#include <algorithm>
#include <map>

namespace mergarium {
namespace {

constexpr std::size_t kPlaces = 201;

using Measure = double ProgressPoint::*;

Curve curveOf(const ComparedRun& run, Measure measure) {
    Curve curve;
    for (const auto& point : run.curve) curve.push_back({static_cast<double>(point.step), point.*measure});
    return curve;
}

/// The finished runs of one arm by seed.
using Repetitions = std::map<std::uint64_t, const ComparedRun*>;

std::vector<double> endsOf(const Repetitions& runs, Measure measure) {
    std::vector<double> ends;
    for (const auto& [seed, run] : runs) ends.push_back(run->curve.back().*measure);
    return ends;
}

Band bandOf(const Repetitions& runs, Measure measure, double end) {
    std::vector<Curve> curves;
    for (const auto& [seed, run] : runs) curves.push_back(curveOf(*run, measure));
    return meanBand(curves, end, kPlaces);
}

/// Held-out scores of 0 throughout are none.
bool holdsOut(const Repetitions& runs) {
    return std::ranges::any_of(runs, [](const auto& one) {
        return std::ranges::any_of(one.second->curve, [](const ProgressPoint& point) { return point.bestTest > 0.0; });
    });
}

void reduceTest(ArmResult& arm, const Repetitions& runs) {
    std::vector<double> areas;
    for (const auto& [seed, run] : runs)
        areas.push_back(normalizedArea(curveOf(*run, &ProgressPoint::bestTest), static_cast<double>(run->budget)));
    arm.area = summarize(areas);
    arm.bestTest = summarize(endsOf(runs, &ProgressPoint::bestTest));
    arm.testBand = bandOf(runs, &ProgressPoint::bestTest, static_cast<double>(arm.budget));
}

ArmResult reduce(std::string name, const Repetitions& runs) {
    ArmResult arm;
    arm.name = std::move(name);
    for (const auto& [seed, run] : runs) {
        arm.seeds.push_back(seed);
        arm.budget = std::max(arm.budget, run->budget);
    }
    if (holdsOut(runs)) reduceTest(arm, runs);
    arm.bestTrain = summarize(endsOf(runs, &ProgressPoint::bestTrain));
    arm.coverage = summarize(endsOf(runs, &ProgressPoint::coverage));
    arm.disagreement = summarize(endsOf(runs, &ProgressPoint::disagreement));
    arm.nicheEntropy = summarize(endsOf(runs, &ProgressPoint::entropy));
    if (runs.empty()) return arm;
    const auto end = static_cast<double>(arm.budget);
    arm.trainBand = bandOf(runs, &ProgressPoint::bestTrain, end);
    arm.coverageBand = bandOf(runs, &ProgressPoint::coverage, end);
    arm.disagreementBand = bandOf(runs, &ProgressPoint::disagreement, end);
    arm.nicheEntropyBand = bandOf(runs, &ProgressPoint::entropy, end);
    return arm;
}

std::optional<PairedComparison> compareBySeed(const Repetitions& first, const Repetitions& other) {
    if (!holdsOut(first) || !holdsOut(other)) return {};
    std::vector<double> a, b;
    for (const auto& [seed, run] : other)
        if (const auto partner = first.find(seed); partner != first.end()) {
            a.push_back(partner->second->curve.back().bestTest);
            b.push_back(run->curve.back().bestTest);
        }
    return comparePaired(a, b);
}

}  // namespace

Comparison compareArms(std::string title, std::span<const ComparedRun> runs,
                       std::span<const PublishedResult> published) {
    std::vector<std::string> names;
    std::map<std::string, Repetitions> finished;
    std::map<std::string, std::size_t> unfinished;
    for (const auto& run : runs) {
        if (std::find(names.begin(), names.end(), run.arm) == names.end()) names.push_back(run.arm);
        if (run.finished && run.budget > 0 && !run.curve.empty())
            finished[run.arm][run.seed] = &run;
        else
            ++unfinished[run.arm];
    }

    Comparison comparison{.title = std::move(title), .arms = {}};
    for (const auto& name : names) {
        auto arm = reduce(name, finished[name]);
        arm.unfinished = unfinished[name];
        if (name != names.front()) arm.againstFirst = compareBySeed(finished[names.front()], finished[name]);
        for (const auto& one : published)
            if (one.arm == name) arm.published = one.test;
        comparison.arms.push_back(std::move(arm));
    }
    return comparison;
}

}  // namespace mergarium
