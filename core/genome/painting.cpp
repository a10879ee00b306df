#include "core/genome/painting.h"

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

/// The span that holds a position; spans() past the end.
std::size_t spanAt(const Recipe& recipe, std::uint64_t position) {
    return static_cast<std::size_t>(std::upper_bound(recipe.ends.begin(), recipe.ends.end(), position) -
                                    recipe.ends.begin());
}

std::uint64_t overlap(const Recipe& recipe, std::size_t span, VectorRange range) {
    const auto begin = std::max(range.begin, recipe.begin(span));
    const auto end = std::min(range.end, recipe.ends[span]);
    return end > begin ? end - begin : 0;
}

double magnitudeOf(std::span<const double> coefficients) {
    double sum = 0.0;
    for (const double one : coefficients) sum += std::abs(one);
    return sum;
}

}  // namespace

std::vector<VectorRange> binsOf(VectorRange range, std::size_t width) {
    std::vector<VectorRange> bins;
    if (range.begin >= range.end || width == 0) return bins;
    const auto count = std::min<std::uint64_t>(width, range.size());
    // Quotient and remainder separately: size x count could overflow 64 bits.
    const auto whole = range.size() / count;
    const auto rest = range.size() % count;
    const auto edge = [&](std::uint64_t bin) { return range.begin + whole * bin + rest * bin / count; };
    bins.reserve(count);
    for (std::uint64_t bin = 0; bin < count; ++bin) bins.push_back({edge(bin), edge(bin + 1)});
    return bins;
}

std::vector<float> contributions(const Recipe& recipe, std::span<const VectorRange> bins) {
    const std::size_t founders = recipe.founders;
    std::vector<float> painted(bins.size() * founders, 0.0f);
    if (bins.empty() || founders == 0) return painted;
    std::vector<double> sums(founders);
    std::size_t span = spanAt(recipe, bins.front().begin);
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
        const auto range = bins[bin];
        std::fill(sums.begin(), sums.end(), 0.0);
        while (span < recipe.spans()) {
            const auto length = static_cast<double>(overlap(recipe, span, range));
            const auto coefficients = recipe.of(span);
            const double all = magnitudeOf(coefficients);
            for (std::size_t founder = 0; founder < founders && all > 0.0; ++founder)
                sums[founder] += length * std::abs(coefficients[founder]) / all;
            // A span that reaches beyond the bin belongs to the next bin, too.
            if (recipe.ends[span] > range.end) break;
            ++span;
        }
        for (std::size_t founder = 0; founder < founders; ++founder)
            painted[bin * founders + founder] = static_cast<float>(sums[founder] / static_cast<double>(range.size()));
    }
    return painted;
}

RangeCoefficients coefficientsOver(const Recipe& recipe, VectorRange range) {
    RangeCoefficients result{.mean = std::vector<double>(recipe.founders, 0.0)};
    if (range.begin >= range.end) return result;
    for (auto span = spanAt(recipe, range.begin); span < recipe.spans() && recipe.begin(span) < range.end; ++span) {
        const double weight = static_cast<double>(overlap(recipe, span, range)) / static_cast<double>(range.size());
        for (std::size_t founder = 0; founder < recipe.founders; ++founder)
            result.mean[founder] += weight * recipe.of(span)[founder];
        ++result.spans;
    }
    return result;
}

}  // namespace mergarium
