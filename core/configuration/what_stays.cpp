#include "core/configuration/what_stays.h"

#include <fmt/format.h>

namespace mergarium {

std::string whatStays(const StrategySettings& settings) {
    const auto traits = traitsOf(settings);
    if (traits.fixedBecause.empty()) return {};
    std::string keys;
    for (std::size_t i = 0; i < traits.changeable.size(); ++i) {
        if (i > 0) keys += i + 1 == traits.changeable.size() ? " and " : ", ";
        keys += traits.changeable[i];
    }
    return fmt::format("Of this run's strategy {} can change; everything else has to stay, since {}.", keys,
                       traits.fixedBecause);
}

}  // namespace mergarium
