#include "core/genome/mixed_spans.h"

#include <algorithm>

namespace mergarium {
namespace {

MixingCoefficients mix(Interpolation interpolation, const PairGram& gram, double ratio) {
    switch (interpolation) {
        case Interpolation::Slerp:
        case Interpolation::SlerpPerSide: return slerp(gram, ratio);
        case Interpolation::SlerpPerTensor: return slerpUnlessColinear(gram, ratio);
        case Interpolation::Lerp: break;
    }
    return lerp(ratio);
}

/// Over the stretches of every side together.
std::vector<PairGram> sideGrams(std::span<const SpliceStretch> stretches, PairGrams& grams) {
    std::vector<PairGram> sides;
    std::uint64_t begin = 0;
    for (const auto& stretch : stretches) {
        if (stretch.side >= sides.size()) sides.resize(stretch.side + 1);
        const auto gram = grams.over(begin, stretch.end);
        auto& side = sides[stretch.side];
        side.firstFirst += gram.firstFirst;
        side.firstSecond += gram.firstSecond;
        side.secondSecond += gram.secondSecond;
        begin = stretch.end;
    }
    return sides;
}

}  // namespace

void mixedSpans(const Splice& splice, std::span<const std::uint64_t> tensorEnds, PairGrams& grams,
                std::vector<MixedSpan>& spans) {
    const auto length = tensorEnds.back();
    const auto stretches = stretchesOf(splice, length);
    const bool perSide = splice.interpolation == Interpolation::SlerpPerSide;
    const bool perTensor = splice.interpolation == Interpolation::SlerpPerTensor;
    PairGram gram;
    if (splice.interpolation == Interpolation::Slerp) gram = grams.over(0, length);
    const auto ofSides = perSide ? sideGrams(stretches, grams) : std::vector<PairGram>();

    spans.clear();
    std::size_t tensor = 0;
    std::uint64_t begin = 0;
    if (perTensor) gram = grams.over(0, tensorEnds[0]);
    for (const auto& stretch : stretches) {
        if (perSide) gram = ofSides[stretch.side];
        while (begin < stretch.end) {
            const auto end = perTensor ? std::min(stretch.end, tensorEnds[tensor]) : stretch.end;
            spans.push_back({end, mix(splice.interpolation, gram, stretch.ratio)});
            begin = end;
            if (perTensor && end == tensorEnds[tensor] && ++tensor < tensorEnds.size())
                gram = grams.over(end, tensorEnds[tensor]);
        }
    }
}

}  // namespace mergarium
