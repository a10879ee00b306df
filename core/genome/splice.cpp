#include "core/genome/splice.h"

#include "core/random/random_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {

namespace {

std::uint64_t nearest(std::span<const std::uint64_t> boundaries, std::uint64_t point) {
    if (boundaries.empty()) return point;
    const auto above = std::ranges::lower_bound(boundaries, point);
    if (above == boundaries.begin()) return *above;
    const auto below = *std::prev(above);
    return above == boundaries.end() || point - below <= *above - point ? below : *above;
}

}  // namespace

std::vector<std::uint64_t> splitsAt(std::span<const SplitPlace> places, std::uint64_t length) {
    std::vector<std::uint64_t> splits;
    for (const auto& place : places) {
        const auto* share = std::get_if<double>(&place);
        const auto element =
            share ? static_cast<std::uint64_t>(*share * static_cast<double>(length)) : std::get<std::uint64_t>(place);
        if (element >= length)
            throw std::runtime_error(fmt::format(
                "The split point {} lies outside of the parameter vector, which has {} elements.", element, length));
        splits.push_back(element);
    }
    std::ranges::sort(splits);
    return splits;
}

Splice drawSplice(const SpliceRule& rule, std::uint64_t length, std::uint64_t seed, std::uint64_t step,
                  std::span<const std::uint64_t> boundaries) {
    Splice splice;
    splice.interpolation = rule.interpolation;

    std::uint64_t count = rule.splits.least;
    if (rule.splits.most > rule.splits.least)
        count += RandomStream(seed, step, Purpose::SplitCount).below(rule.splits.most - rule.splits.least + 1);
    RandomStream points(seed, step, Purpose::SplitPoints);
    splice.splits.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) splice.splits.push_back(nearest(boundaries, points.below(length)));
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

std::string_view nameOf(Snap snap) {
    switch (snap) {
        case Snap::None: return "none";
        case Snap::Tensor: return "tensor";
        case Snap::Layer: return "layer";
    }
    return "unknown";
}

}  // namespace mergarium
