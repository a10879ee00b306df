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

}  // namespace

void mixedSpans(const Splice& splice, std::span<const std::uint64_t> tensorEnds, PairGrams& grams,
                std::vector<MixedSpan>& spans) {
    const auto length = tensorEnds.back();
    const bool perTensor = splice.interpolation == Interpolation::SlerpPerTensor;
    PairGram gram;
    if (splice.interpolation == Interpolation::Slerp) gram = grams.over(0, length);

    spans.clear();
    std::size_t tensor = 0;
    std::uint64_t begin = 0;
    if (perTensor) gram = grams.over(0, tensorEnds[0]);
    for (std::size_t side = 0; side <= splice.splits.size(); ++side) {
        const double ratio = side % 2 == 0 ? splice.ratio : 1.0 - splice.ratio;
        const auto sideEnd = side < splice.splits.size() ? splice.splits[side] : length;
        if (splice.interpolation == Interpolation::SlerpPerSide && sideEnd > begin) gram = grams.over(begin, sideEnd);
        while (begin < sideEnd) {
            const auto end = perTensor ? std::min(sideEnd, tensorEnds[tensor]) : sideEnd;
            spans.push_back({end, mix(splice.interpolation, gram, ratio)});
            begin = end;
            if (perTensor && end == tensorEnds[tensor] && ++tensor < tensorEnds.size())
                gram = grams.over(end, tensorEnds[tensor]);
        }
    }
}

}  // namespace mergarium
