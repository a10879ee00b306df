#include "core/store/births/cuts.h"

#include "core/files/bytes.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

/// Of Beta distributions, as configurations bound it.
constexpr double kLargestShape = 1000.0;

enum class StoredRatio : std::uint64_t { Whole = 0, Uniform = 1, Beta = 2 };

}  // namespace

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

Blob packInheritance(const Inheritance& each) {
    const auto* beta = std::get_if<BetaRatio>(&each.ratio);
    const auto kind = beta                                               ? StoredRatio::Beta
                      : std::holds_alternative<UniformRatio>(each.ratio) ? StoredRatio::Uniform
                                                                         : StoredRatio::Whole;
    ByteWriter out;
    out.number(each.seed);
    out.number(each.chance);
    out.number(static_cast<std::uint64_t>(kind));
    out.number(beta ? beta->shape : 0.0);
    return std::move(out).take();
}

Inheritance unpackInheritance(std::span<const std::byte> blob) {
    ByteReader in(blob, "It doesn't say how genes were inherited.");
    Inheritance each;
    each.seed = in.number<std::uint64_t>();
    each.chance = in.number<double>();
    const auto kind = in.number<std::uint64_t>();
    const auto shape = in.number<double>();
    in.close();
    if (!(each.chance >= 0.0 && each.chance <= 1.0)) in.refuse();
    switch (static_cast<StoredRatio>(kind)) {
        case StoredRatio::Whole: return each;
        case StoredRatio::Uniform: each.ratio = UniformRatio{}; return each;
        case StoredRatio::Beta:
            if (!(shape > 0.0 && shape <= kLargestShape)) in.refuse();
            each.ratio = BetaRatio{shape};
            return each;
    }
    in.refuse();
}

}  // namespace mergarium
