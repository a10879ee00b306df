#include "core/archive/seriation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mergarium {
namespace {

constexpr int kMostRounds = 100;
/// The places, whose spread is 1, have come to rest.
constexpr double kRest = 1e-6;

/// Models and samples take turns in moving to the mean place of the other kind, weighted by the scores; without their
/// mean they would all end in one place.
class ReciprocalAveraging {
public:
    ReciprocalAveraging(ScoreRows rows, std::size_t samples) : samples_(samples), weights_(samples) {
        for (const auto& row : rows) {
            const double total = std::accumulate(row.begin(), row.end(), 0.0);
            if (!(total > 0.0)) continue;
            rows_.push_back(row);
            totals_.push_back(total);
            for (std::size_t j = 0; j < samples; ++j) weights_[j] += row[j];
        }
        models_.resize(rows_.size());
        // Any beginning that isn't even leads to the same axis.
        for (std::size_t k = 0; k < models_.size(); ++k) models_[k] = static_cast<double>(k);
        spread();
    }

    /// One place per sample; 0 where nobody scores.
    const std::vector<double>& places() const { return places_; }
    double weight(std::size_t sample) const { return weights_[sample]; }

    void settle() {
        for (int round = 0; round < kMostRounds && !rows_.empty(); ++round) {
            const auto before = models_;
            placeSamples();
            placeModels();
            spread();
            double moved = 0.0;
            for (std::size_t k = 0; k < models_.size(); ++k)
                moved = std::max(moved, std::min(std::abs(models_[k] - before[k]), std::abs(models_[k] + before[k])));
            if (moved < kRest) break;
        }
        placeSamples();
    }

private:
    void placeSamples() {
        places_.assign(samples_, 0.0);
        for (std::size_t k = 0; k < rows_.size(); ++k)
            for (std::size_t j = 0; j < samples_; ++j) places_[j] += models_[k] * static_cast<double>(rows_[k][j]);
        for (std::size_t j = 0; j < samples_; ++j)
            if (weights_[j] > 0.0) places_[j] /= weights_[j];
    }

    void placeModels() {
        for (std::size_t k = 0; k < rows_.size(); ++k) {
            double sum = 0.0;
            for (std::size_t j = 0; j < samples_; ++j) sum += places_[j] * static_cast<double>(rows_[k][j]);
            models_[k] = sum / totals_[k];
        }
    }

    /// Their weighted mean becomes 0 and their spread 1.
    void spread() {
        double all = 0.0, mean = 0.0, square = 0.0;
        for (std::size_t k = 0; k < models_.size(); ++k) {
            all += totals_[k];
            mean += totals_[k] * models_[k];
        }
        for (std::size_t k = 0; k < models_.size(); ++k) {
            models_[k] -= mean / all;
            square += totals_[k] * models_[k] * models_[k];
        }
        const double deviation = std::sqrt(square / all);
        for (auto& place : models_) place = deviation > 0.0 ? place / deviation : 0.0;
    }

    std::size_t samples_;
    std::vector<std::span<const float>> rows_;
    std::vector<double> totals_, weights_, models_, places_;
};

}  // namespace

std::vector<std::uint32_t> seriate(ScoreRows rows, std::size_t samples) {
    ReciprocalAveraging averaging(rows, samples);
    averaging.settle();
    const auto& places = averaging.places();

    std::vector<std::uint32_t> order(samples);
    std::iota(order.begin(), order.end(), 0u);
    if (places.empty()) return order;
    double left = 0.0;
    for (std::size_t j = 0; j < samples; ++j)
        left += places[j] < 0.0 ? averaging.weight(j) : places[j] > 0.0 ? -averaging.weight(j) : 0.0;
    const double sign = left < 0.0 ? -1.0 : 1.0;
    std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) {
        const bool solvedA = averaging.weight(a) > 0.0, solvedB = averaging.weight(b) > 0.0;
        if (solvedA != solvedB) return solvedA;
        return sign * places[a] < sign * places[b];
    });
    return order;
}

}  // namespace mergarium
