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

/// Where they lie.
std::filesystem::path digitsFile(const std::filesystem::path& resources);

/// Reads `digits.csv.gz`: 64 pixel values and the label per line. Throws with file and line where it is malformed.
Digits readDigits(const std::filesystem::path& path);

/// The training digits as people see them.
SampleSet pictures(const LabelledSamples& digits);

}  // namespace mergarium
