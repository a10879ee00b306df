#include "core/networks/devices/random_recipes.h"

#include "core/random/random_stream.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mergarium {
namespace {

constexpr std::array kStoredTypes{DType::BF16, DType::F16, DType::F32};

}  // namespace

FoundersPtr randomFounders(std::size_t count, std::uint64_t length, std::uint64_t seed) {
    Layout layout;
    layout.append("weight", {static_cast<std::int64_t>(length)});
    std::vector<FounderModel> models;
    for (std::size_t founder = 0; founder < count; ++founder) {
        RandomStream random(seed, founder, Purpose::FounderWeights);
        const auto bytes = std::make_shared<std::vector<std::byte>>(length * sizeof(float));
        FounderModel model{.name = std::to_string(founder), .hash = {}, .segments = {}, .storage = bytes};
        std::size_t used = 0;
        for (std::uint64_t begin = 0; begin < length;) {
            const auto until = std::min(length, begin + 1 + random.below(length));
            const auto dtype = kStoredTypes[random.below(kStoredTypes.size())];
            std::vector<float> numbers(until - begin);
            for (auto& number : numbers) number = static_cast<float>(random.normal());
            auto* const at = bytes->data() + used;
            fromFloats(dtype, numbers, at);
            model.segments.push_back(
                {.begin = begin, .count = until - begin, .dtype = dtype, .bytes = at, .file = nullptr});
            used += numbers.size() * sizeOf(dtype);
            begin = until;
        }
        models.push_back(std::move(model));
    }
    return std::make_shared<const Founders>(std::move(layout), std::move(models));
}

GenesPtr randomGenes(std::uint64_t length, std::uint64_t seed) {
    RandomStream random(seed, 1, Purpose::SplitPoints);
    std::vector<Genes::Part> parts;
    std::uint32_t genes = 0;
    for (std::uint64_t begin = 0; begin < length;) {
        const auto left = length - begin;
        Genes::Part part{.begin = begin, .genes = {}};
        part.inner = std::min(left, 1 + random.below(random.below(2) == 0 ? 3 : 50));
        part.extent = std::min(left / part.inner, 1 + random.below(20));
        part.outer = std::min(left / part.inner / part.extent, 1 + random.below(5));
        for (std::uint64_t index = 0; index < part.extent; ++index) {
            const bool isNew = genes == 0 || random.below(2) == 0;
            part.genes.push_back(isNew ? genes++ : static_cast<std::uint32_t>(random.below(genes)));
        }
        begin += part.count();
        parts.push_back(std::move(part));
    }
    return std::make_shared<const Genes>(std::move(parts), std::vector<Genes::Group>{{"genes", genes}});
}

Recipe randomRecipe(const Founders& founders, std::size_t spans, std::uint64_t seed, GenesPtr genes) {
    RandomStream random(seed, 0, Purpose::SplitPoints);
    const auto loci = genes ? genes->size() : founders.length();
    std::set<std::uint64_t> ends{loci};
    while (ends.size() < std::min<std::uint64_t>(spans, loci)) ends.insert(1 + random.below(loci));
    Recipe recipe{.founders = founders.size(), .ends = {}, .coefficients = {}, .genes = std::move(genes)};
    std::vector<double> coefficients(founders.size());
    for (const auto end : ends) {
        const bool alone = random.below(4) == 0;
        const auto only = random.below(founders.size());
        for (std::size_t founder = 0; founder < coefficients.size(); ++founder)
            coefficients[founder] = alone                  ? static_cast<double>(founder == only)
                                    : random.below(4) == 0 ? 0.0
                                                           : 1.5 * random.uniform() - 0.25;
        appendSpan(recipe, end, coefficients);
    }
    return recipe;
}

}  // namespace mergarium
