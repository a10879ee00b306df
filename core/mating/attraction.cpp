#include "core/mating/attraction.h"

#include <algorithm>
#include <array>
#include <functional>

namespace mergarium {

double attraction(std::span<const float> a, std::span<const float> b, std::span<const double> worth) {
    if (a.empty() || b.empty()) return 0.0;
    constexpr std::size_t kColumns = 4;
    std::array<double, kColumns> sums{};
    const std::size_t whole = a.size() / kColumns * kColumns;
    for (std::size_t j = 0; j < whole; j += kColumns)
        for (std::size_t column = 0; column < kColumns; ++column)
            sums[column] += worth[j + column] * static_cast<double>(std::max(b[j + column] - a[j + column], 0.0f));
    double total = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (std::size_t j = whole; j < a.size(); ++j) total += worth[j] * static_cast<double>(std::max(b[j] - a[j], 0.0f));
    return total;
}

void attractions(std::span<const float> a, ScoreRows rows, std::span<const double> worth, std::span<double> out) {
    for (std::size_t row = 0; row < rows.size(); ++row) out[row] = attraction(a, rows[row], worth);
}

std::vector<AttractionTerm> attractionTerms(std::span<const float> a, std::span<const float> b,
                                            std::span<const double> worth) {
    std::vector<AttractionTerm> terms;
    if (a.empty() || b.empty()) return terms;
    for (std::size_t j = 0; j < a.size(); ++j) {
        const double value = worth[j] * static_cast<double>(std::max(b[j] - a[j], 0.0f));
        if (value > 0.0) terms.push_back({static_cast<std::uint32_t>(j), value});
    }
    std::ranges::stable_sort(terms, std::ranges::greater(), &AttractionTerm::value);
    return terms;
}

}  // namespace mergarium
