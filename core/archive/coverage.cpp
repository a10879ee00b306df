#include "core/archive/coverage.h"

#include "core/archive/seriation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace mergarium {
namespace {

/// Of every sample, what it adds up to over the rows, and the most that one row scores.
struct SampleScores {
    std::vector<float> totals, best;
};

SampleScores sampleScores(ScoreRows rows, std::size_t samples) {
    SampleScores scores{std::vector<float>(samples), std::vector<float>(samples)};
    for (const auto row : rows)
        for (std::size_t j = 0; j < row.size(); ++j) {
            scores.totals[j] += row[j];
            scores.best[j] = std::max(scores.best[j], row[j]);
        }
    return scores;
}

std::vector<float> totalsAbove(std::span<const float> baseline, ScoreRows rows, std::size_t samples) {
    std::vector<float> totals(samples);
    for (const auto row : rows)
        for (std::size_t j = 0; j < row.size(); ++j) totals[j] += row[j] - baseline[j];
    return totals;
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

/// Bins what `measure` makes of a score and of the position in the raster that its sample has. Row by row, so that a
/// row stays in the cache.
template <class Measure>
void fillBins(NicheRaster& raster, ScoreRows rows, std::span<const std::uint32_t> samples, Binning binning,
              Measure measure) {
    const auto begin = raster.bins.front().begin;
    auto* cell = raster.values.data();
    for (const auto row : rows)
        for (const auto& bin : raster.bins) {
            float value = row.empty() ? std::numeric_limits<float>::quiet_NaN() : 0.0f;
            for (auto at = bin.begin - begin; !row.empty() && at < bin.end - begin; ++at) {
                const float one = measure(row[samples[at]], at);
                if (binning == Binning::Mean)
                    value += one;
                else if (std::abs(one) > std::abs(value))
                    value = one;
            }
            *cell++ = binning == Binning::Mean ? value / static_cast<float>(bin.end - bin.begin) : value;
        }
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
    const auto totals = sampleScores(rows, groups.size()).totals;
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
                      Binning binning, NicheMeasure measure, std::span<const float> reference,
                      std::span<const float> baseline) {
    NicheRaster raster;
    raster.rows = rows.size();
    range.end = std::min(range.end, order.size());
    if (range.begin >= range.end || width == 0) return raster;

    const std::size_t count = range.end - range.begin;
    const std::size_t bins = std::min(width, count);
    const auto samples = order.subspan(range.begin, count);
    std::size_t known = *std::ranges::max_element(samples) + std::size_t{1};
    for (const auto row : rows) known = std::max(known, row.size());
    auto scores = sampleScores(rows, known);
    if (!baseline.empty()) scores.totals = totalsAbove(baseline, rows, known);
    for (std::size_t bin = 0; bin < bins; ++bin) {
        const PositionRange positions{range.begin + count * bin / bins, range.begin + count * (bin + 1) / bins};
        const auto size = static_cast<float>(positions.end - positions.begin);
        float totals = 0.0f, unsolved = 0.0f;
        for (auto at = positions.begin; at < positions.end; ++at) {
            totals += scores.totals[order[at]];
            unsolved += scores.best[order[at]] >= kSolved ? 0.0f : 1.0f;
        }
        raster.bins.push_back(positions);
        raster.totals.push_back(totals / size);
        raster.unsolved.push_back(unsolved / size);
    }

    raster.values.resize(raster.rows * bins);
    std::vector<float> beside(count);
    const auto fill = [&](auto measured) { fillBins(raster, rows, samples, binning, measured); };
    switch (measure) {
        case NicheMeasure::Share:
            for (std::size_t at = 0; at < count; ++at)
                beside[at] = scores.totals[samples[at]] > 0.0f ? 1.0f / scores.totals[samples[at]] : 0.0f;
            if (baseline.empty()) {
                fill([&](float score, std::size_t at) { return score * beside[at]; });
            } else {
                fill([&](float score, std::size_t at) { return (score - baseline[samples[at]]) * beside[at]; });
            }
            break;
        case NicheMeasure::Score: fill([](float score, std::size_t) { return score; }); break;
        case NicheMeasure::Solved: fill([](float score, std::size_t) { return score >= kSolved ? 1.0f : 0.0f; }); break;
        case NicheMeasure::Difference:
            for (std::size_t at = 0; at < count && !reference.empty(); ++at) beside[at] = reference[samples[at]];
            fill([&](float score, std::size_t at) { return score - beside[at]; });
            break;
    }
    return raster;
}

}  // namespace mergarium
