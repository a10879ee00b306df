#pragma once

#include "core/tasks/sample_set.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace mergarium {

/// Labelled vectors: `features` values each, row after row.
struct LabelledSamples {
    std::size_t features = 0;
    std::vector<float> values;
    std::vector<std::int64_t> labels;
    std::size_t size() const { return labels.size(); }
};

/// The handwritten digits (Alpaydin and Kaynak 1998): 8 x 8 pixels, values 0..16, in file order; the first 1,437 rows
/// (80 %) train, the other 360 test.
struct Digits {
    static constexpr std::size_t kSide = 8;
    static constexpr std::size_t kClasses = 10;
    LabelledSamples train;
    LabelledSamples test;
};

/// Where a digits run starts (paper, section 4.1).
enum class DigitsFounders {
    /// The published pair, shipped with Mergarium: results depend on the pair, so the presets use it.
    ReferenceSpecialists,
    /// A new pair for every seed: one trained on 0-4 and one on 5-9, ten full-batch Adam steps each, learning rate
    /// 0.003.
    Specialists,
    /// Two untrained networks, weights N(0, 0.01^2).
    Random,
};

/// Reads `digits.csv.gz`: 64 pixel values and the label per line. Throws with file and line where it is malformed.
Digits readDigits(const std::filesystem::path& path);

/// The training digits as people see them.
SampleSet pictures(const LabelledSamples& digits);

}  // namespace mergarium
