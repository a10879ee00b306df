#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace mergarium {

/// The mean of repeated measurements (one a seed), and how sure it is.
struct Summary {
    std::size_t count = 0;
    double mean = 0.0;
    /// Of the measurements, with n - 1; 0 for fewer than two.
    double deviation = 0.0;
    /// Of the mean: deviation / sqrt(n).
    double standardError = 0.0;
    /// Half the width of the confidence interval of the mean by Student's t; absent for fewer than two.
    std::optional<double> halfWidth = std::nullopt;
};

/// The confidence interval of a mean of scores, which lie in [0, 1], and so does it; absent for fewer than two.
struct ScoreInterval {
    double from = 0.0, to = 1.0;
};
std::optional<ScoreInterval> scoreInterval(const Summary& summary);

/// `confidence` in (0, 1). Nothing measured gives zeros.
Summary summarize(std::span<const double> values, double confidence = 0.95);

/// Whether two arms differ, measured on the same seeds.
struct PairedComparison {
    std::size_t pairs = 0;
    /// Mean of second - first.
    double difference = 0.0;
    double standardError = 0.0;
    /// Two-sided, of Student's paired t-test. 1 when no pair differs, 0 when all differ by the same.
    double pValue = 1.0;
};

/// `first` and `second` run parallel, a seed each. Absent for fewer than two pairs.
std::optional<PairedComparison> comparePaired(std::span<const double> first, std::span<const double> second);

}  // namespace mergarium
