#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace mergarium {

/// What a sample is worth in all: 1 (right for 0/1 scores), or the best score that any model has on it (graded scores).
enum class Capacity { Unit, Best };
std::string_view nameOf(Capacity capacity);

/// What scores are counted from when they compete: 0, or, on every sample, the worst score of those that compete, for
/// graded scores that all models share a part of (the paper's text-to-image experiment).
enum class Baseline { None, Worst };
std::string_view nameOf(Baseline baseline);

/// How samples are shared (paper, section 3.1). alpha = 1 is M2N2; alpha = 0 makes fitness the total score, the plain
/// GA.
struct CompetitionRule {
    double alpha = 1.0;
    Capacity capacity = Capacity::Unit;
    double epsilon = 0.0;
    Baseline baseline = Baseline::None;
    bool operator==(const CompetitionRule&) const = default;
};

/// The niches as a group of models shares them; one entry per sample.
struct Niches {
    /// What is taken off every score on a sample, b_j: the worst of the group's. Empty: nothing, b_j = 0.
    std::vector<float> baseline;
    /// z_j = sum_k (s[k][j] - b_j).
    std::vector<double> totals;
    /// c_j / (z_j^alpha + epsilon): what one point of score on sample j earns. 0 where nobody scores (0/0 := 0).
    std::vector<double> worth;
};

/// One row per model, all of the same length; an empty span is an absent model.
using ScoreRows = std::span<const std::span<const float>>;

/// Shares `samples` samples among `rows`. `weights`, one per sample, multiply the capacities; none: all 1. The result
/// goes into `niches`, whose memory is reused.
void shareNiches(ScoreRows rows, std::size_t samples, const CompetitionRule& rule, Niches& niches,
                 std::span<const double> weights = {});

/// The worst score on every sample among the rows that are there; empty where the rule takes nothing off.
std::vector<float> baselineOf(ScoreRows rows, std::size_t samples, const CompetitionRule& rule);

/// F = sum_j worth_j * s_j. Summed in fp64 in a fixed order: equal rows have equal fitness.
double fitness(std::span<const float> scores, std::span<const double> worth);
/// F = sum_j worth_j * (s_j - b_j), of a row of the group.
double fitness(std::span<const float> scores, const Niches& niches);

}  // namespace mergarium
