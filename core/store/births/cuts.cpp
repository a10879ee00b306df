#include "core/store/births/cuts.h"

#include "core/files/bytes.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mergarium {

Blob packCuts(std::span<const ChromosomeCut> cuts) {
    ByteWriter out;
    for (const auto& cut : cuts) {
        out.number(std::uint64_t{cut.splits.size()});
        out.numbers(cut.splits);
        out.number(cut.ratio);
    }
    return std::move(out).take();
}

std::vector<ChromosomeCut> unpackCuts(std::span<const std::byte> blob, std::size_t chromosomes, std::uint64_t length) {
    ByteReader in(blob, "It doesn't hold a cut for each of the run's chromosomes.");
    std::vector<ChromosomeCut> cuts;
    for (std::size_t index = 0; index < chromosomes; ++index) {
        ChromosomeCut cut;
        cut.splits = in.numbers<std::uint64_t>(in.number<std::uint64_t>());
        cut.ratio = in.number<double>();
        if (!std::ranges::is_sorted(cut.splits) || (!cut.splits.empty() && cut.splits.back() >= length))
            throw std::runtime_error("It holds split points that don't ascend within the parameter vector.");
        if (!(cut.ratio >= 0.0 && cut.ratio <= 1.0))
            throw std::runtime_error("It holds a mixing ratio that doesn't lie in 0 to 1.");
        cuts.push_back(std::move(cut));
    }
    in.close();
    return cuts;
}

}  // namespace mergarium
