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

/// The largest that (s - theirs) / crowd(total + s) can be for s in [0, 1].
double largestLead(double theirs, double total, const CompetitionRule& rule) {
    if (rule.alpha <= 1.0) return (1.0 - theirs) / crowd(total + 1.0, rule);
    const double s = std::min(1.0, (total + rule.alpha * theirs) / (rule.alpha - 1.0));
    const double divisor = std::pow(total + s, rule.alpha);
    return divisor > 0.0 ? std::max(0.0, s - theirs) / divisor : std::numeric_limits<double>::infinity();
}

}  // namespace

bool isCertainlyWeakest(ScoreRows rows, std::span<const double> totals, const CompetitionRule& rule,
                        std::span<const double> weights, std::span<const float> scores,
                        const std::vector<bool>& scored) {
    const auto samples = totals.size();
    // Per sample: what a point of lead is worth where the newcomer has been scored, and an upper bound on the lead
    // where it has not.
    std::vector<double> price(samples);
    for (std::size_t j = 0; j < samples; ++j) {
        const double weight = weights.empty() ? 1.0 : weights[j];
        if (!scored[j]) {
            price[j] = weight;
            continue;
        }
        const double total = totals[j] + static_cast<double>(scores[j]);
        double capacity = weight;
        if (rule.capacity == Capacity::Best) {
            double best = static_cast<double>(scores[j]);
            for (const auto row : rows)
                if (!row.empty()) best = std::max(best, static_cast<double>(row[j]));
            capacity *= best;
        }
        price[j] = total > 0.0 ? capacity / crowd(total, rule) : 0.0;
    }
    for (const auto row : rows) {
        if (row.empty()) return false;
        double lead = 0.0;
        double terms = 0.0;
        for (std::size_t j = 0; j < samples; ++j) {
            const auto theirs = static_cast<double>(row[j]);
            const double term =
                price[j] * (scored[j] ? static_cast<double>(scores[j]) - theirs : largestLead(theirs, totals[j], rule));
            lead += term;
            terms += std::abs(term);
        }
        if (!(lead < -kRounding * terms)) return false;
    }
    return true;
}

}  // namespace mergarium
