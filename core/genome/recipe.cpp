#include "core/genome/recipe.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace mergarium {
namespace {

/// Copies the values to `at`; returns what lies behind them.
template <typename Value>
std::span<std::byte> put(std::span<std::byte> at, std::span<const Value> values) {
    if (!values.empty()) std::memcpy(at.data(), values.data(), values.size_bytes());
    return at.subspan(values.size_bytes());
}

template <typename Value>
std::vector<Value> take(std::span<const std::byte>& bytes, std::size_t count) {
    if (count > bytes.size() / sizeof(Value)) throw std::runtime_error("A stored recipe is shorter than it says.");
    std::vector<Value> values(count);
    if (count > 0) std::memcpy(values.data(), bytes.data(), count * sizeof(Value));
    bytes = bytes.subspan(count * sizeof(Value));
    return values;
}

}  // namespace

Recipe founderRecipe(std::size_t founder, std::size_t founders, std::uint64_t length) {
    Recipe recipe{.founders = founders, .ends = {length}, .coefficients = std::vector<double>(founders)};
    recipe.coefficients.at(founder) = 1.0;
    return recipe;
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
    const std::uint64_t head[2] = {recipe.founders, recipe.spans()};
    std::vector<std::byte> bytes(sizeof head + recipe.ends.size() * sizeof(std::uint64_t) +
                                 recipe.coefficients.size() * sizeof(double));
    auto at = put(std::span(bytes), std::span<const std::uint64_t>(head));
    at = put(at, std::span<const std::uint64_t>(recipe.ends));
    put(at, std::span<const double>(recipe.coefficients));
    return bytes;
}

Recipe unpackRecipe(std::span<const std::byte> bytes) {
    const auto head = take<std::uint64_t>(bytes, 2);
    // Both bounded by the bytes there are, so that their product can't overflow.
    if (head[0] == 0 || head[1] == 0 || head[0] > bytes.size() || head[1] > bytes.size())
        throw std::runtime_error("A stored recipe is damaged.");
    Recipe recipe;
    recipe.founders = head[0];
    recipe.ends = take<std::uint64_t>(bytes, head[1]);
    recipe.coefficients = take<double>(bytes, head[0] * head[1]);
    std::uint64_t before = 0;
    for (const auto end : recipe.ends) {
        if (end <= before) throw std::runtime_error("A stored recipe's spans are out of order.");
        before = end;
    }
    if (!bytes.empty() || !std::ranges::all_of(recipe.coefficients, [](double c) { return std::isfinite(c); }))
        throw std::runtime_error("A stored recipe is damaged.");
    return recipe;
}

}  // namespace mergarium
