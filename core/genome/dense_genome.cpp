#include "core/genome/dense_genome.h"

#include "core/genome/interpolation.h"
#include "core/random/random_stream.h"

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

const DenseGenome& dense(const Genome& genome) {
    const auto* found = dynamic_cast<const DenseGenome*>(&genome);
    if (!found) throw std::logic_error("Dense breeding was given a genome of another kind.");
    return *found;
}

void mix(std::span<const float> first, std::span<const float> second, MixingCoefficients mixing, std::span<float> out) {
    const auto a = static_cast<float>(mixing.first);
    const auto b = static_cast<float>(mixing.second);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = a * first[i] + b * second[i];
}

}  // namespace

DenseGenome::DenseGenome(std::vector<float> values)
    : values_(std::move(values)), squaredNorm_(dotProduct(values_, values_)) {}

void DenseGenome::materialize(std::span<float> parameters) const {
    std::copy(values_.begin(), values_.end(), parameters.begin());
}

void DenseBreeding::breed(const Genome& firstParent, const Genome& secondParent, const Splice& splice,
                          std::span<float> child) {
    const auto& first = dense(firstParent);
    const auto& second = dense(secondParent);
    if (first.length() != child.size() || second.length() != child.size())
        throw std::invalid_argument("Parents and child differ in their number of parameters.");

    PairGram whole;
    if (splice.interpolation == Interpolation::Slerp)
        whole = {first.squaredNorm(), dotProduct(first.values(), second.values()), second.squaredNorm()};

    std::uint64_t begin = 0;
    for (std::size_t side = 0; side <= splice.splits.size(); ++side) {
        const std::uint64_t end = side < splice.splits.size() ? splice.splits[side] : child.size();
        const auto a = first.values().subspan(begin, end - begin);
        const auto b = second.values().subspan(begin, end - begin);
        const double ratio = side % 2 == 0 ? splice.ratio : 1.0 - splice.ratio;
        MixingCoefficients mixing;
        switch (splice.interpolation) {
            case Interpolation::Slerp: mixing = slerp(whole, ratio); break;
            case Interpolation::SlerpPerSide:
                mixing = slerp({dotProduct(a, a), dotProduct(a, b), dotProduct(b, b)}, ratio);
                break;
            case Interpolation::Lerp: mixing = lerp(ratio); break;
        }
        mix(a, b, mixing, child.subspan(begin, end - begin));
        begin = end;
    }
    if (splice.mutation) addGaussianNoise(child, static_cast<float>(splice.mutation->sigma), splice.mutation->seed);
}

GenomePtr DenseBreeding::keep(std::span<const float> child) {
    return std::make_shared<const DenseGenome>(std::vector<float>(child.begin(), child.end()));
}

}  // namespace mergarium
