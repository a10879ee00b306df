#include "core/search/phenotypes.h"

#include "core/genome/dense_genome.h"
#include "core/genome/recipe_genome.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace mergarium {
namespace {

bool isNumber(std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The part of a tensor's name that its layer shares.
std::string_view layerOf(std::string_view name) {
    for (std::size_t begin = 0; begin < name.size();) {
        const auto end = std::min(name.find('.', begin), name.size());
        if (isNumber(name.substr(begin, end - begin))) return name.substr(0, end);
        begin = end + 1;
    }
    return name.substr(0, name.rfind('.'));
}

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

Phenotype networkWeights() {
    return [](std::span<const double> point) -> GenomePtr {
        std::vector<float> values(point.size());
        std::ranges::transform(point, values.begin(), [](double value) { return static_cast<float>(value); });
        return std::make_shared<const DenseGenome>(std::move(values));
    };
}

Phenotype mixingWeights(std::vector<GenomePtr> founders, GramPtr gram, std::vector<std::uint64_t> groupEnds) {
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

std::vector<std::uint64_t> layerGroupEnds(const Layout& layout, std::size_t layers) {
    std::vector<std::uint64_t> ends;
    std::size_t inGroup = 0;
    std::string_view current;
    for (const auto& tensor : layout.tensors) {
        const auto layer = layerOf(tensor.name);
        const bool begins = ends.empty() || layer != current;
        current = layer;
        if (begins && (ends.empty() || inGroup == layers)) {
            ends.push_back(0);
            inGroup = 0;
        }
        if (begins) ++inGroup;
        ends.back() = tensor.begin + tensor.count;
    }
    return ends;
}

}  // namespace mergarium
