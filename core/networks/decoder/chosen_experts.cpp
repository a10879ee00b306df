#include "core/networks/decoder/chosen_experts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mergarium {

std::vector<ExpertTokens> chosenExperts(const ExpertsConfig& config, std::span<const float> scores) {
    const auto count = static_cast<std::size_t>(config.count);
    const auto most = static_cast<std::ptrdiff_t>(config.perToken);
    std::vector<ExpertTokens> experts(count);
    std::vector<float> probabilities(count);
    std::vector<std::size_t> order(count);
    for (std::size_t token = 0; token * count < scores.size(); ++token) {
        const auto own = scores.subspan(token * count, count);
        const float largest = *std::ranges::max_element(own);
        float sum = 0.0F;
        for (std::size_t expert = 0; expert < count; ++expert)
            sum += probabilities[expert] = std::exp(own[expert] - largest);
        // One score that is no number makes all probabilities none, and numbers that are none have no order among
        // others.
        if (std::isnan(sum)) std::ranges::fill(probabilities, sum);
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::partial_sort(order.begin(), order.begin() + most, order.end(), [&](auto a, auto b) {
            return probabilities[a] != probabilities[b] ? probabilities[a] > probabilities[b] : a < b;
        });
        if (config.normalised) {
            sum = 0.0F;
            for (std::ptrdiff_t rank = 0; rank < most; ++rank)
                sum += probabilities[order[static_cast<std::size_t>(rank)]];
        }
        for (std::ptrdiff_t rank = 0; rank < most; ++rank) {
            const auto expert = order[static_cast<std::size_t>(rank)];
            experts[expert].tokens.push_back(token);
            experts[expert].shares.push_back(static_cast<float>(config.scale) * probabilities[expert] / sum);
        }
    }
    return experts;
}

}  // namespace mergarium
