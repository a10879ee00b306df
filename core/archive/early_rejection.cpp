#include "core/archive/early_rejection.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mergarium {
namespace {

/// Sums here and in `fitness` are rounded in different orders, so a difference below this share of the terms proves
/// nothing.
constexpr double kRounding = 1e-9;

double crowd(double total, const CompetitionRule& rule) {
    if (rule.alpha == 1.0) return total + rule.epsilon;
    return std::pow(total, rule.alpha) + rule.epsilon;
}

/// The largest that (s - theirs) / crowd(total + s) can be for s in [0, most], of theirs in there too.
double largestLead(double theirs, double total, double most, const CompetitionRule& rule) {
    if (theirs >= most) return 0.0;
    if (rule.alpha <= 1.0) return (most - theirs) / crowd(total + most, rule);
    const double s = std::min(most, (total + rule.alpha * theirs) / (rule.alpha - 1.0));
    const double divisor = std::pow(total + s, rule.alpha);
    return divisor > 0.0 ? std::max(0.0, s - theirs) / divisor : std::numeric_limits<double>::infinity();
}

/// Of a sample on which the newcomer has been scored: what a point of lead is worth when it competes.
double priceOf(ScoreRows rows, std::size_t sample, double score, double total, double worst, double weight,
               const CompetitionRule& rule) {
    // Where nothing is taken off, `worst` is 0 and no score is below.
    const double base = std::min(worst, score);
    const auto all = total + (score - base) + static_cast<double>(rows.size()) * (worst - base);
    if (!(all > 0.0)) return 0.0;
    double capacity = weight;
    if (rule.capacity == Capacity::Best) {
        double best = score;
        for (const auto row : rows)
            if (!row.empty()) best = std::max(best, static_cast<double>(row[sample]));
        capacity *= best - base;
    }
    return capacity / crowd(all, rule);
}

}  // namespace

bool isCertainlyWeakest(ScoreRows rows, const Niches& niches, const CompetitionRule& rule,
                        std::span<const double> weights, std::span<const float> scores,
                        const std::vector<bool>& scored) {
    if (std::ranges::any_of(rows, [](const auto& row) { return row.empty(); })) return false;
    const auto& baseline = niches.baseline;
    const auto& totals = niches.totals;
    const auto samples = totals.size();
    const auto worst = [&](std::size_t j) { return baseline.empty() ? 0.0 : static_cast<double>(baseline[j]); };
    // Per sample: what a point of lead is worth where the newcomer has been scored, and an upper bound on the lead
    // where it has not.
    std::vector<double> price(samples);
    for (std::size_t j = 0; j < samples; ++j) {
        const double weight = weights.empty() ? 1.0 : weights[j];
        price[j] =
            scored[j] ? priceOf(rows, j, static_cast<double>(scores[j]), totals[j], worst(j), weight, rule) : weight;
    }
    for (const auto row : rows) {
        double lead = 0.0;
        double terms = 0.0;
        for (std::size_t j = 0; j < samples; ++j) {
            const auto theirs = static_cast<double>(row[j]);
            const double term =
                price[j] * (scored[j] ? static_cast<double>(scores[j]) - theirs
                                      : largestLead(theirs - worst(j), totals[j], 1.0 - worst(j), rule));
            lead += term;
            terms += std::abs(term);
        }
        if (!(lead < -kRounding * terms)) return false;
    }
    return true;
}

}  // namespace mergarium
