#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mergarium {

/// A matrix [rows, features], features next to each other.
struct FeatureRows {
    std::size_t rows = 0;
    std::vector<float> values = {};
    std::size_t features() const { return rows == 0 ? 0 : values.size() / rows; }
};

/// Adds to sums [a.rows, b.rows] the inner product of every row of a with every row of b, feature by feature in order:
/// the same to the bit on every machine and for any number of threads.
void addInnerProducts(const FeatureRows& a, const FeatureRows& b, std::span<float> sums);

}  // namespace mergarium
