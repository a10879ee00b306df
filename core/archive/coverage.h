#pragma once

#include "core/archive/competition.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// From this score on, a model counts as solving a sample.
constexpr float kSolved = 0.5f;

/// How widely a group of models covers the samples, and how much they differ.
struct Diversity {
    /// Share of samples that at least one model solves, in [0, 1].
    double coverage = 0.0;
    /// Mean over pairs of models of the share of samples on which just one of the two is right, in [0, 1].
    double disagreement = 0.0;
    /// How evenly the models share the samples that anyone scores on: with q_k the mean over these samples of s[k][j] /
    /// z_j (niche shares, which sum to 1), -sum_k q_k ln q_k / ln K for K models, in [0, 1]. 1: equal niches; 0: one
    /// model has everything, or there is just one.
    double nicheEntropy = 0.0;
};
Diversity diversity(ScoreRows rows, std::size_t samples);

/// In which order samples are laid out from left to right.
enum class SampleOrder {
    /// By group, then as they come.
    Group,
    /// Solved by most first.
    Difficulty,
    /// By the row that has the largest share, then by difficulty; samples that nobody solves last.
    Owner,
    /// Samples that the same models solve side by side (core/archive/seriation.h).
    Similarity,
};

/// A permutation of the samples. `groups` has one entry per sample.
std::vector<std::uint32_t> orderSamples(SampleOrder order, ScoreRows rows, std::span<const std::uint32_t> groups);

/// How several samples become one bin: their mean, or the largest (one solved sample among thousands stays visible).
enum class Binning { Mean, Max };

/// What is shown of a model on a sample.
enum class NicheMeasure {
    /// s/z, 0 where nobody scores; with a baseline, of what is left above it.
    Share,
    /// s.
    Score,
    /// 1 where it counts as solved, else 0.
    Solved,
    /// The score less that of a model to compare with, in [-1, 1].
    Difference,
};

/// A range of positions in the display order; `end` is one past the last.
struct PositionRange {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// The score matrix reduced to what a screen can show.
struct NicheRaster {
    std::size_t rows = 0;
    /// One per bin, in display order; together they tile the range asked for.
    std::vector<PositionRange> bins;
    /// rows x bins, row by row: the binned measure; NaN in the rows of absent models.
    std::vector<float> values;
    /// One per bin: the mean of z over its samples, of what is left above the baseline.
    std::vector<float> totals;
    /// One per bin: the share of its samples that nobody solves, in [0, 1].
    std::vector<float> unsolved;
};

/// Reduces the samples order[range.begin .. range.end) to at most `width` bins of equal size (within one sample).
/// `reference`: the scores that a Difference is taken from. Of differences the largest bin is the one furthest from 0.
/// `baseline`, one per sample, is taken off scores where shares and totals are meant, and nowhere else; none: nothing.
/// Pure; O(rows x samples in range). An empty range or width 0 gives no bins.
NicheRaster rasterize(ScoreRows rows, std::span<const std::uint32_t> order, PositionRange range, std::size_t width,
                      Binning binning, NicheMeasure measure = NicheMeasure::Share,
                      std::span<const float> reference = {}, std::span<const float> baseline = {});

}  // namespace mergarium
