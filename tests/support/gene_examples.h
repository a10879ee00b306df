#pragma once

#include "core/genes/genes.h"
#include "core/genome/splice.h"
#include "core/random/random_stream.h"
#include "tests/support/message_of.h"

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace mergarium::test {

/// Two layers of a perceptron: 40 inputs, 70 hidden units, 3 outputs. Rows of `in` are long enough to be mixed as
/// stretches, those of `out` are not.
inline Layout layoutOfUnits(DType dtype = DType::F32) {
    Layout layout;
    layout.append("in.weight", {70, 40}, dtype);
    layout.append("in.bias", {70}, dtype);
    layout.append("norm", {5}, dtype);
    layout.append("out.weight", {3, 70}, dtype);
    layout.append("out.bias", {3}, dtype);
    return layout;
}

inline std::vector<std::uint32_t> countedFrom(std::uint32_t first, std::size_t count) {
    std::vector<std::uint32_t> genes(count);
    std::iota(genes.begin(), genes.end(), first);
    return genes;
}

/// 70 hidden units, the norm, 3 output biases.
inline GenesPtr genesOfUnits(const Layout& layout) {
    GeneBuilder builder(layout);
    const auto biases = builder.open("output biases", 3);
    const auto units = builder.open("hidden units", 70);
    builder.cut("in.weight", 0, countedFrom(units, 70));
    builder.cut("in.bias", 0, countedFrom(units, 70));
    builder.cut("out.weight", 1, countedFrom(units, 70));
    builder.cut("out.bias", 0, countedFrom(biases, 3));
    return std::move(builder).build();
}

inline std::vector<float> randomVector(std::uint64_t seed, std::size_t length) {
    RandomStream stream(seed, 0, Purpose::FounderWeights);
    std::vector<float> values(length);
    for (auto& value : values) value = static_cast<float>(stream.normal());
    return values;
}

template <typename Work>
bool isRefused(Work work) {
    return messageOf(work) != "nothing was thrown";
}

inline Splice eachOf(std::uint64_t seed, double chance, RatioRule ratio = WholeRatio{}) {
    Splice splice{.splits = {}, .ratio = 0.0, .interpolation = Interpolation::Slerp};
    splice.each = Inheritance{.seed = seed, .chance = chance, .ratio = ratio};
    return splice;
}

}  // namespace mergarium::test
