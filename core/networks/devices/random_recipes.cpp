#include "core/networks/devices/random_recipes.h"

#include "core/random/random_stream.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>
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

Recipe randomRecipe(const Founders& founders, std::size_t spans, std::uint64_t seed) {
    RandomStream random(seed, 0, Purpose::SplitPoints);
    std::set<std::uint64_t> ends{founders.length()};
    while (ends.size() < std::min<std::uint64_t>(spans, founders.length()))
        ends.insert(1 + random.below(founders.length()));
    Recipe recipe{.founders = founders.size(), .ends = {}, .coefficients = {}};
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
