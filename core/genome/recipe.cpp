#include "core/genome/recipe.h"

#include "core/files/bytes.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace mergarium {

bool Recipe::operator==(const Recipe& other) const {
    return founders == other.founders && ends == other.ends && coefficients == other.coefficients &&
           (genes == other.genes || (genes && other.genes && *genes == *other.genes));
}

Recipe founderRecipe(std::size_t founder, std::size_t founders, std::uint64_t length, GenesPtr genes) {
    const auto count = std::max(founders, founder + 1);
    Recipe recipe{.founders = count,
                  .ends = {genes ? genes->size() : length},
                  .coefficients = std::vector<double>(count),
                  .genes = std::move(genes)};
    recipe.coefficients[founder] = 1.0;
    return recipe;
}

Recipe widened(const Recipe& recipe, std::size_t founders) {
    Recipe wide{.founders = std::max(founders, recipe.founders),
                .ends = recipe.ends,
                .coefficients = {},
                .genes = recipe.genes};
    wide.coefficients.resize(recipe.spans() * wide.founders);
    for (std::size_t span = 0; span < recipe.spans(); ++span)
        std::ranges::copy(recipe.of(span),
                          wide.coefficients.begin() + static_cast<std::ptrdiff_t>(span * wide.founders));
    return wide;
}

void appendSpan(Recipe& recipe, std::uint64_t end, std::span<const double> coefficients) {
    if (!recipe.ends.empty() && std::ranges::equal(recipe.of(recipe.spans() - 1), coefficients)) {
        recipe.ends.back() = end;
        return;
    }
    recipe.ends.push_back(end);
    recipe.coefficients.insert(recipe.coefficients.end(), coefficients.begin(), coefficients.end());
}

std::vector<std::byte> packRecipe(const Recipe& recipe) {
    ByteWriter out;
    out.number(std::uint64_t{recipe.founders});
    out.number(std::uint64_t{recipe.spans()});
    out.numbers(recipe.ends);
    out.numbers(recipe.coefficients);
    return std::move(out).take();
}

Recipe unpackRecipe(std::span<const std::byte> bytes, GenesPtr genes) {
    ByteReader in(bytes, "A stored recipe is damaged.");
    const auto founders = in.number<std::uint64_t>();
    const auto spans = in.number<std::uint64_t>();
    // Both bounded by the bytes there are, so that their product can't overflow.
    if (founders == 0 || spans == 0 || founders > in.left() || spans > in.left()) in.refuse();
    Recipe recipe;
    recipe.founders = founders;
    recipe.ends = in.numbers<std::uint64_t>(spans);
    recipe.coefficients = in.numbers<double>(founders * spans);
    in.close();
    std::uint64_t before = 0;
    for (const auto end : recipe.ends) {
        if (end <= before) throw std::runtime_error("A stored recipe's spans are out of order.");
        before = end;
    }
    if (!std::ranges::all_of(recipe.coefficients, [](double c) { return std::isfinite(c); })) in.refuse();
    if (genes && recipe.loci() != genes->size())
        throw std::runtime_error("A stored recipe has another number of genes than the network.");
    recipe.genes = std::move(genes);
    return recipe;
}

}  // namespace mergarium
