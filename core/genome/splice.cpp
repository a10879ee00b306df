#include "core/genome/splice.h"

#include "core/random/random_stream.h"

#include <algorithm>

namespace mergarium {

Splice drawSplice(const SpliceRule& rule, std::uint64_t length, std::uint64_t seed, std::uint64_t step) {
    Splice splice;
    splice.interpolation = rule.interpolation;

    std::uint64_t count = rule.splits.least;
    if (rule.splits.most > rule.splits.least)
        count += RandomStream(seed, step, Purpose::SplitCount).below(rule.splits.most - rule.splits.least + 1);
    RandomStream points(seed, step, Purpose::SplitPoints);
    splice.splits.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) splice.splits.push_back(points.below(length));
    std::sort(splice.splits.begin(), splice.splits.end());

    RandomStream ratio(seed, step, Purpose::MixingRatio);
    const auto* beta = std::get_if<BetaRatio>(&rule.ratio);
    splice.ratio = beta ? ratio.symmetricBeta(beta->shape) : ratio.uniform();

    if (rule.mutation > 0.0)
        splice.mutation = Mutation{rule.mutation, RandomStream(seed, step, Purpose::MutationSeed).bits64()};
    return splice;
}

std::string_view nameOf(Interpolation interpolation) {
    switch (interpolation) {
        case Interpolation::Slerp: return "slerp";
        case Interpolation::SlerpPerSide: return "slerp-per-side";
        case Interpolation::SlerpPerTensor: return "slerp-per-tensor";
        case Interpolation::Lerp: return "lerp";
    }
    return "unknown";
}

}  // namespace mergarium
