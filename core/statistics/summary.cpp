#include "core/statistics/summary.h"

#include "core/statistics/student_t.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace mergarium {

Summary summarize(std::span<const double> values, double confidence) {
    Summary summary{.count = values.size()};
    if (values.empty()) return summary;
    const auto count = static_cast<double>(values.size());
    for (const double value : values) summary.mean += value;
    summary.mean /= count;
    if (values.size() < 2) return summary;
    double squares = 0.0;
    for (const double value : values) squares += (value - summary.mean) * (value - summary.mean);
    summary.deviation = std::sqrt(squares / (count - 1.0));
    summary.standardError = summary.deviation / std::sqrt(count);
    summary.halfWidth = summary.standardError * studentTQuantile(confidence, count - 1.0);
    return summary;
}

std::optional<ScoreInterval> scoreInterval(const Summary& summary) {
    if (!summary.halfWidth) return std::nullopt;
    return ScoreInterval{.from = std::max(0.0, summary.mean - *summary.halfWidth),
                         .to = std::min(1.0, summary.mean + *summary.halfWidth)};
}

std::optional<PairedComparison> comparePaired(std::span<const double> first, std::span<const double> second) {
    if (first.size() != second.size())
        throw std::invalid_argument("A paired comparison needs as many values on either side.");
    if (first.size() < 2) return std::nullopt;
    std::vector<double> differences(first.size());
    for (std::size_t i = 0; i < first.size(); ++i) differences[i] = second[i] - first[i];
    const auto summary = summarize(differences);
    PairedComparison comparison{
        .pairs = first.size(), .difference = summary.mean, .standardError = summary.standardError};
    // Differences that are all the same may still differ in their last bits.
    if (summary.standardError > 1e-12 * std::abs(summary.mean))
        comparison.pValue =
            2.0 * studentT(-std::abs(summary.mean / summary.standardError), static_cast<double>(first.size()) - 1.0);
    else
        comparison.pValue = summary.mean == 0.0 ? 1.0 : 0.0;
    return comparison;
}

}  // namespace mergarium
