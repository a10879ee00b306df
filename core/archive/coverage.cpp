#include "core/archive/coverage.h"

#include "core/archive/seriation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace mergarium {
namespace {

float totalOf(ScoreRows rows, std::size_t sample) {
    float total = 0.0f;
    for (const auto row : rows)
        if (!row.empty()) total += row[sample];
    return total;
}

bool solvedByAny(ScoreRows rows, std::size_t sample) {
    return std::any_of(rows.begin(), rows.end(), [&](auto row) { return !row.empty() && row[sample] >= kSolved; });
}

double nicheEntropy(ScoreRows rows, std::size_t samples, double models) {
    if (models < 2.0) return 0.0;
    std::vector<float> prices(samples);
    for (const auto row : rows)
        for (std::size_t j = 0; j < row.size(); ++j) prices[j] += row[j];
    double scored = 0.0;
    for (float& price : prices) {
        scored += price > 0.0f ? 1.0 : 0.0;
        price = price > 0.0f ? 1.0f / price : 0.0f;
    }
    double entropy = 0.0;
    for (const auto row : rows) {
        double share = 0.0;
        for (std::size_t j = 0; j < row.size(); ++j) share += static_cast<double>(row[j] * prices[j]);
        if (share > 0.0) entropy -= share / scored * std::log(share / scored);
    }
    return std::clamp(entropy / std::log(models), 0.0, 1.0);
}

float measured(NicheMeasure measure, float score, float total, float reference) {
    switch (measure) {
        case NicheMeasure::Share: return total > 0.0f ? score / total : 0.0f;
        case NicheMeasure::Score: return score;
        case NicheMeasure::Solved: return score >= kSolved ? 1.0f : 0.0f;
        case NicheMeasure::Difference: return score - reference;
    }
    return 0.0f;
}

}  // namespace

Diversity diversity(ScoreRows rows, std::size_t samples) {
    std::vector<std::uint32_t> solvers(samples);
    double models = 0.0;
    for (const auto row : rows) {
        if (row.empty()) continue;
        models += 1.0;
        for (std::size_t j = 0; j < samples; ++j) solvers[j] += row[j] >= kSolved ? 1 : 0;
    }
    if (samples == 0) return {};
    double covered = 0.0;
    double differingPairs = 0.0;
    for (const auto count : solvers) {
        covered += count > 0 ? 1.0 : 0.0;
        differingPairs += count * (models - count);
    }
    const auto all = static_cast<double>(samples);
    const double pairs = models * (models - 1.0) / 2.0;
    return {.coverage = covered / all,
            .disagreement = pairs > 0.0 ? differingPairs / pairs / all : 0.0,
            .nicheEntropy = nicheEntropy(rows, samples, models)};
}

std::vector<std::uint32_t> orderSamples(SampleOrder order, ScoreRows rows, std::span<const std::uint32_t> groups) {
    std::vector<std::uint32_t> samples(groups.size());
    std::iota(samples.begin(), samples.end(), 0u);
    if (order == SampleOrder::Group) {
        std::stable_sort(samples.begin(), samples.end(), [&](auto a, auto b) { return groups[a] < groups[b]; });
        return samples;
    }

    if (order == SampleOrder::Similarity) return seriate(rows, groups.size());
    std::vector<float> totals(groups.size());
    for (std::size_t j = 0; j < totals.size(); ++j) totals[j] = totalOf(rows, j);
    std::vector<std::size_t> owners(groups.size(), 0);
    if (order == SampleOrder::Owner) {
        for (std::size_t j = 0; j < owners.size(); ++j) {
            float best = 0.0f;
            owners[j] = rows.size();
            for (std::size_t k = 0; k < rows.size(); ++k)
                if (!rows[k].empty() && rows[k][j] > best) {
                    best = rows[k][j];
                    owners[j] = k;
                }
        }
    }
    std::stable_sort(samples.begin(), samples.end(), [&](auto a, auto b) {
        return owners[a] != owners[b] ? owners[a] < owners[b] : totals[a] > totals[b];
    });
    return samples;
}

NicheRaster rasterize(ScoreRows rows, std::span<const std::uint32_t> order, PositionRange range, std::size_t width,
                      Binning binning, NicheMeasure measure, std::span<const float> reference) {
    NicheRaster raster;
    raster.rows = rows.size();
    range.end = std::min(range.end, order.size());
    if (range.begin >= range.end || width == 0) return raster;

    const std::size_t count = range.end - range.begin;
    const std::size_t bins = std::min(width, count);
    raster.values.assign(raster.rows * bins, 0.0f);
    for (std::size_t k = 0; k < raster.rows; ++k)
        if (rows[k].empty())
            std::fill_n(raster.values.begin() + static_cast<std::ptrdiff_t>(k * bins), bins,
                        std::numeric_limits<float>::quiet_NaN());

    for (std::size_t bin = 0; bin < bins; ++bin) {
        const PositionRange positions{range.begin + count * bin / bins, range.begin + count * (bin + 1) / bins};
        const auto size = static_cast<float>(positions.end - positions.begin);
        float totals = 0.0f;
        float unsolved = 0.0f;
        for (std::size_t position = positions.begin; position < positions.end; ++position) {
            const std::size_t sample = order[position];
            const float total = totalOf(rows, sample);
            totals += total;
            unsolved += solvedByAny(rows, sample) ? 0.0f : 1.0f;
            for (std::size_t k = 0; k < raster.rows; ++k) {
                if (rows[k].empty()) continue;
                float& cell = raster.values[k * bins + bin];
                const float value =
                    measured(measure, rows[k][sample], total, reference.empty() ? 0.0f : reference[sample]);
                if (binning == Binning::Mean)
                    cell += value / size;
                else if (std::abs(value) > std::abs(cell))
                    cell = value;
            }
        }
        raster.bins.push_back(positions);
        raster.totals.push_back(totals / size);
        raster.unsolved.push_back(unsolved / size);
    }
    return raster;
}

}  // namespace mergarium
