#include "core/archive/competition.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mergarium {
namespace {

double price(double capacity, double total, const CompetitionRule& rule) {
    if (total <= 0.0) return 0.0;
    if (rule.alpha == 1.0) return capacity / (total + rule.epsilon);
    if (rule.alpha == 0.0) return capacity / (1.0 + rule.epsilon);
    return capacity / (std::pow(total, rule.alpha) + rule.epsilon);
}

/// Totals anew: differences are added up, so that where all rows are equal nothing is left.
void takeOff(ScoreRows rows, Niches& niches) {
    std::ranges::fill(niches.totals, 0.0);
    for (const auto row : rows)
        for (std::size_t j = 0; j < row.size(); ++j)
            niches.totals[j] += static_cast<double>(row[j]) - static_cast<double>(niches.baseline[j]);
}

}  // namespace

std::vector<float> baselineOf(ScoreRows rows, std::size_t samples, const CompetitionRule& rule) {
    std::vector<float> worst;
    if (rule.baseline == Baseline::None) return worst;
    for (const auto row : rows) {
        if (row.empty()) continue;
        if (worst.empty())
            worst.assign(row.begin(), row.end());
        else
            for (std::size_t j = 0; j < samples; ++j) worst[j] = std::min(worst[j], row[j]);
    }
    worst.resize(samples);
    return worst;
}

void shareNiches(ScoreRows rows, std::size_t samples, const CompetitionRule& rule, Niches& niches,
                 std::span<const double> weights) {
    niches.totals.assign(samples, 0.0);
    niches.worth.resize(samples);
    niches.baseline = baselineOf(rows, samples, rule);
    for (const auto row : rows) {
        if (row.empty()) continue;
        for (std::size_t j = 0; j < samples; ++j) niches.totals[j] += static_cast<double>(row[j]);
    }
    if (!niches.baseline.empty()) takeOff(rows, niches);
    if (rule.capacity == Capacity::Best) {
        std::fill(niches.worth.begin(), niches.worth.end(), 0.0);
        for (const auto row : rows) {
            if (row.empty()) continue;
            for (std::size_t j = 0; j < samples; ++j)
                niches.worth[j] = std::max(niches.worth[j], static_cast<double>(row[j]));
        }
        for (std::size_t j = 0; j < niches.baseline.size(); ++j)
            niches.worth[j] -= static_cast<double>(niches.baseline[j]);
    } else {
        std::fill(niches.worth.begin(), niches.worth.end(), 1.0);
    }
    for (std::size_t j = 0; j < weights.size(); ++j) niches.worth[j] *= weights[j];
    for (std::size_t j = 0; j < samples; ++j) niches.worth[j] = price(niches.worth[j], niches.totals[j], rule);
}

double fitness(std::span<const float> scores, std::span<const double> worth) {
    // Four running sums, which the compiler keeps in vector registers; the order is part of the result.
    constexpr std::size_t kColumns = 4;
    std::array<double, kColumns> sums{};
    const std::size_t whole = scores.size() / kColumns * kColumns;
    for (std::size_t j = 0; j < whole; j += kColumns)
        for (std::size_t column = 0; column < kColumns; ++column)
            sums[column] += worth[j + column] * static_cast<double>(scores[j + column]);
    double total = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (std::size_t j = whole; j < scores.size(); ++j) total += worth[j] * static_cast<double>(scores[j]);
    return total;
}

double fitness(std::span<const float> scores, const Niches& niches) {
    if (niches.baseline.empty()) return fitness(scores, niches.worth);
    double total = 0.0;
    for (std::size_t j = 0; j < scores.size(); ++j)
        total += niches.worth[j] * (static_cast<double>(scores[j]) - static_cast<double>(niches.baseline[j]));
    return total;
}

std::string_view nameOf(Baseline baseline) { return baseline == Baseline::None ? "none" : "worst"; }
std::string_view nameOf(Capacity capacity) { return capacity == Capacity::Unit ? "unit" : "best"; }

}  // namespace mergarium
