#include "core/search/cma_es/point_decoder.h"

#include "core/genome/dense_genome.h"
#include "core/genome/recipe_genome.h"

#include <algorithm>
#include <stdexcept>

namespace mergarium {
namespace {

GenomePtr denseMixture(const std::vector<GenomePtr>& founders, Recipe recipe) {
    std::vector<float> values(recipe.length());
    for (std::size_t span = 0; span < recipe.spans(); ++span)
        for (auto i = recipe.begin(span); i < recipe.ends[span]; ++i) {
            double sum = 0.0;
            for (std::size_t k = 0; k < founders.size(); ++k)
                sum +=
                    recipe.of(span)[k] * static_cast<double>(static_cast<const DenseGenome&>(*founders[k]).values()[i]);
            values[i] = static_cast<float>(sum);
        }
    return std::make_shared<const DenseGenome>(std::move(values), std::move(recipe));
}

}  // namespace

PointDecoder networkWeights() {
    return [](std::span<const double> point) -> GenomePtr {
        std::vector<float> values(point.size());
        std::ranges::transform(point, values.begin(), [](double value) { return static_cast<float>(value); });
        return std::make_shared<const DenseGenome>(std::move(values));
    };
}

PointDecoder mixingWeights(std::vector<GenomePtr> founders, GramPtr gram, std::vector<std::uint64_t> groupEnds) {
    if (!gram)
        for (const auto& founder : founders)
            if (!dynamic_cast<const DenseGenome*>(founder.get()))
                throw std::invalid_argument("Founders without Gram sums must be dense.");
    return [founders = std::move(founders), gram = std::move(gram),
            ends = std::move(groupEnds)](std::span<const double> point) -> GenomePtr {
        Recipe recipe{.founders = founders.size(), .ends = {}, .coefficients = {}};
        for (std::size_t group = 0; group < ends.size(); ++group)
            appendSpan(recipe, ends[group], point.subspan(group * founders.size(), founders.size()));
        if (!gram) return denseMixture(founders, std::move(recipe));
        return std::make_shared<const RecipeGenome>(std::move(recipe), gram);
    };
}

}  // namespace mergarium
