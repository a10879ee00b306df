#include "core/genes/inner_products.h"

#include "core/parallel/parallel_for.h"

#include <algorithm>
#include <array>

namespace mergarium {
namespace {

/// Features at a time: so many rows of b stay near the processor.
constexpr std::size_t kFeaturesAtATime = 64;
/// Sums that stay in registers: of so many rows of a, and of b.
constexpr std::size_t kRowsAtATime = 4, kOthersAtATime = 8;

/// Fewer sums than this take less time than threads take to meet.
constexpr std::size_t kWorthSharing = 512 * 512;

/// Some features of both, of b the other way round: [features, rows].
struct FeatureBlock {
    const FeatureRows& a;
    const std::vector<float>& turned;
    std::size_t begin = 0, count = 0, others = 0;
};

/// Of a tile of sums; of equal size throughout, for the compiler to keep it in registers.
template <std::size_t Rows, std::size_t Others>
void addTile(const FeatureBlock& block, std::size_t row, std::size_t other, float* sums) {
    const auto features = block.a.features();
    std::array<std::array<float, Others>, Rows> tile;
    for (std::size_t i = 0; i < Rows; ++i)
        std::copy_n(sums + (row + i) * block.others + other, Others, tile[i].begin());
    for (std::size_t one = 0; one < block.count; ++one) {
        const auto* const values = block.turned.data() + one * block.others + other;
        for (std::size_t i = 0; i < Rows; ++i) {
            const auto factor = block.a.values[(row + i) * features + block.begin + one];
            for (std::size_t j = 0; j < Others; ++j) tile[i][j] += factor * values[j];
        }
    }
    for (std::size_t i = 0; i < Rows; ++i)
        std::copy_n(tile[i].begin(), Others, sums + (row + i) * block.others + other);
}

template <std::size_t Rows>
void addRows(const FeatureBlock& block, std::size_t row, float* sums) {
    std::size_t other = 0;
    for (; other + kOthersAtATime <= block.others; other += kOthersAtATime)
        addTile<Rows, kOthersAtATime>(block, row, other, sums);
    for (; other < block.others; ++other) addTile<Rows, 1>(block, row, other, sums);
}

}  // namespace

void addInnerProducts(const FeatureRows& a, const FeatureRows& b, std::span<float> sums) {
    const auto features = a.features();
    std::vector<float> turned(kFeaturesAtATime * b.rows);
    for (std::size_t begin = 0; begin < features; begin += kFeaturesAtATime) {
        const FeatureBlock block{.a = a,
                                 .turned = turned,
                                 .begin = begin,
                                 .count = std::min(kFeaturesAtATime, features - begin),
                                 .others = b.rows};
        for (std::size_t row = 0; row < b.rows; ++row)
            for (std::size_t one = 0; one < block.count; ++one)
                turned[one * b.rows + row] = b.values[row * features + begin + one];
        const auto add = [&](std::size_t first, std::size_t last) {
            auto row = first;
            for (; row + kRowsAtATime <= last; row += kRowsAtATime) addRows<kRowsAtATime>(block, row, sums.data());
            for (; row < last; ++row) addRows<1>(block, row, sums.data());
        };
        if (a.rows * b.rows < kWorthSharing)
            add(0, a.rows);
        else
            parallelFor(a.rows, add);
    }
}

}  // namespace mergarium
