#include "core/genome/splice.h"

#include "core/random/random_stream.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace mergarium {

namespace {

std::uint64_t nearest(std::span<const std::uint64_t> boundaries, std::uint64_t point) {
    if (boundaries.empty()) return point;
    const auto above = std::ranges::lower_bound(boundaries, point);
    if (above == boundaries.begin()) return *above;
    const auto below = *std::prev(above);
    return above == boundaries.end() || point - below <= *above - point ? below : *above;
}

double drawRatio(const RatioRule& rule, RandomStream& draws) {
    if (const auto* beta = std::get_if<BetaRatio>(&rule)) return draws.symmetricBeta(beta->shape);
    const double uniform = draws.uniform();
    return std::holds_alternative<WholeRatio>(rule) ? (uniform < 0.5 ? 0.0 : 1.0) : uniform;
}

Inheritance drawInheritance(const SpliceRule& rule, std::uint64_t seed, std::uint64_t step) {
    Inheritance each{.seed = RandomStream(seed, step, Purpose::InheritanceSeed).bits64(), .ratio = rule.ratio};
    RandomStream chances(seed, step, Purpose::InheritanceChance);
    if (std::holds_alternative<UniformRatio>(rule.chance)) each.chance = chances.uniform();
    if (const auto* beta = std::get_if<BetaRatio>(&rule.chance)) each.chance = chances.symmetricBeta(beta->shape);
    return each;
}

std::vector<SpliceStretch> stretchesOf(const Inheritance& each, std::uint64_t length) {
    std::vector<SpliceStretch> stretches;
    RandomStream draws(each.seed, 0, Purpose::Inheritance);
    for (std::uint64_t gene = 0; gene < length; ++gene) {
        const bool second = draws.uniform() < each.chance;
        // The larger share is the parent's that the gene comes from.
        double larger = 1.0;
        if (!std::holds_alternative<WholeRatio>(each.ratio)) {
            const double ratio = drawRatio(each.ratio, draws);
            larger = std::max(ratio, 1.0 - ratio);
        }
        const double ratio = second ? larger : 1.0 - larger;
        if (!stretches.empty() && stretches.back().ratio == ratio)
            stretches.back().end = gene + 1;
        else
            stretches.push_back({gene + 1, ratio, stretches.size()});
    }
    return stretches;
}

std::string wordsOf(const Inheritance& each) {
    auto text = fmt::format("every gene for itself, {:.3g} of them from the second parent", each.chance);
    if (!std::holds_alternative<WholeRatio>(each.ratio)) text += ", each with a ratio of its own";
    if (const auto* beta = std::get_if<BetaRatio>(&each.ratio)) text += fmt::format(" (Beta {})", beta->shape);
    return text;
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

std::vector<ChromosomeCut> cutsOf(const Chromosomes& chromosomes, std::span<const ChromosomeWish> wishes,
                                  const ChromosomeWish& others) {
    for (const auto& wish : wishes)
        if (std::ranges::find(chromosomes.names(), wish.rule.name) == chromosomes.names().end())
            throw std::runtime_error(fmt::format("There is no chromosome {}; there are: {}.", wish.rule.name,
                                                 fmt::join(chromosomes.names(), ", ")));
    const auto length = chromosomes.stretches().back().end;
    std::vector<ChromosomeCut> cuts;
    for (std::size_t index = 0; index < chromosomes.size(); ++index) {
        const auto found = std::ranges::find(wishes, chromosomes.names()[index],
                                             [](const ChromosomeWish& wish) { return wish.rule.name; });
        const auto& wish = found == wishes.end() ? others : *found;
        if (!(wish.ratio >= 0.0 && wish.ratio <= 1.0))
            throw std::runtime_error(fmt::format("The ratio of the chromosome {} must be between 0 and 1, not {}.",
                                                 chromosomes.names()[index], wish.ratio));
        std::vector<SplitPlace> places;
        for (const auto& place : wish.splits) {
            const auto* share = std::get_if<double>(&place);
            const auto own = static_cast<double>(chromosomes.length(index));
            places.push_back(share ? chromosomes.positionOf(index, static_cast<std::uint64_t>(*share * own))
                                   : std::get<std::uint64_t>(place));
        }
        cuts.push_back({.splits = splitsAt(places, length), .ratio = wish.ratio});
    }
    return cuts;
}

bool Splice::operator==(const Splice& other) const {
    const auto plain = [](const Splice& one) {
        return std::tie(one.splits, one.ratio, one.interpolation, one.mutation, one.each);
    };
    if (plain(*this) != plain(other) || cuts != other.cuts) return false;
    return chromosomes == other.chromosomes || (chromosomes && other.chromosomes && *chromosomes == *other.chromosomes);
}

std::vector<SpliceStretch> stretchesOf(const Splice& splice, std::uint64_t length) {
    std::vector<SpliceStretch> stretches;
    if (splice.each) return stretchesOf(*splice.each, length);
    std::uint64_t begin = 0;
    const auto add = [&](std::uint64_t end, double ratio, std::size_t index, std::size_t firstSide) {
        if (end <= begin) return;
        stretches.push_back({end, index % 2 == 0 ? ratio : 1.0 - ratio, firstSide + index});
        begin = end;
    };
    if (!splice.chromosomes) {
        stretches.reserve(splice.splits.size() + 1);
        for (std::size_t index = 0; index < splice.splits.size(); ++index)
            add(splice.splits[index], splice.ratio, index, 0);
        add(length, splice.ratio, splice.splits.size(), 0);
        return stretches;
    }
    // Of each chromosome: the split points passed, and the number of its first side.
    std::vector<std::size_t> passed(splice.cuts.size()), firstSides;
    std::size_t sides = 0;
    for (const auto& cut : splice.cuts) {
        firstSides.push_back(sides);
        sides += cut.splits.size() + 1;
    }
    for (const auto& [end, chromosome] : splice.chromosomes->stretches()) {
        const auto& [splits, ratio] = splice.cuts[chromosome];
        auto& index = passed[chromosome];
        for (; index < splits.size() && splits[index] < end; ++index)
            add(splits[index], ratio, index, firstSides[chromosome]);
        add(end, ratio, index, firstSides[chromosome]);
    }
    return stretches;
}

std::size_t splitCountOf(const Splice& splice) {
    auto count = splice.splits.size();
    for (const auto& cut : splice.cuts) count += cut.splits.size();
    return count;
}

std::string wordsOf(const Splice& splice, std::size_t most) {
    const auto words = [&](const std::vector<std::uint64_t>& splits, double ratio) {
        const auto told = std::span(splits).first(std::min(splits.size(), most));
        auto text = fmt::format("ratio {}", ratio);
        if (!told.empty()) text += fmt::format(", split at {}", fmt::join(told, ", "));
        if (told.size() < splits.size()) text += fmt::format(" and {} more", splits.size() - told.size());
        return text;
    };
    if (splice.each) return wordsOf(*splice.each);
    if (!splice.chromosomes) return words(splice.splits, splice.ratio);
    std::string text;
    for (std::size_t index = 0; index < splice.cuts.size(); ++index) {
        const auto& [splits, ratio] = splice.cuts[index];
        text +=
            fmt::format("{}{}: {}", index > 0 ? "; " : "", splice.chromosomes->names()[index], words(splits, ratio));
    }
    return text;
}

void takeFirstParent(Splice& splice) {
    splice.splits.clear();
    splice.ratio = 0.0;
    splice.chromosomes = nullptr;
    splice.cuts.clear();
    splice.each = std::nullopt;
}

std::vector<std::uint64_t> boundariesWithin(const Chromosomes& chromosomes, std::size_t chromosome,
                                            std::span<const std::uint64_t> boundaries) {
    std::vector<std::uint64_t> within;
    for (const auto boundary : boundaries) {
        const auto before = chromosomes.elementsBefore(chromosome, boundary);
        if (before > (within.empty() ? 0 : within.back()) && before < chromosomes.length(chromosome))
            within.push_back(before);
    }
    return within;
}

Splice drawSplice(const SpliceRule& rule, std::uint64_t length, std::uint64_t seed, std::uint64_t step,
                  std::span<const std::uint64_t> boundaries, const ChromosomesPtr& chromosomes) {
    Splice splice;
    splice.interpolation = rule.interpolation;
    if (rule.mutation > 0.0)
        splice.mutation = Mutation{rule.mutation, RandomStream(seed, step, Purpose::MutationSeed).bits64()};
    if (rule.inherit == Inherit::Each) {
        splice.each = drawInheritance(rule, seed, step);
        return splice;
    }
    RandomStream counts(seed, step, Purpose::SplitCount), points(seed, step, Purpose::SplitPoints),
        ratios(seed, step, Purpose::MixingRatio);
    const auto draw = [&](std::uint64_t elements, std::span<const std::uint64_t> between) {
        ChromosomeCut cut;
        std::uint64_t count = rule.splits.least;
        if (rule.splits.most > rule.splits.least) count += counts.below(rule.splits.most - rule.splits.least + 1);
        cut.splits.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i) cut.splits.push_back(nearest(between, points.below(elements)));
        std::sort(cut.splits.begin(), cut.splits.end());
        cut.ratio = drawRatio(rule.ratio, ratios);
        return cut;
    };
    if (!chromosomes) {
        auto cut = draw(length, boundaries);
        splice.splits = std::move(cut.splits);
        splice.ratio = cut.ratio;
    } else {
        splice.chromosomes = chromosomes;
        for (std::size_t chromosome = 0; chromosome < chromosomes->size(); ++chromosome) {
            splice.cuts.push_back(
                draw(chromosomes->length(chromosome), boundariesWithin(*chromosomes, chromosome, boundaries)));
            for (auto& split : splice.cuts.back().splits) split = chromosomes->positionOf(chromosome, split);
        }
    }
    return splice;
}

std::string_view nameOf(Inherit inherit) { return inherit == Inherit::Each ? "each" : "splits"; }

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
