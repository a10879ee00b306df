#include "core/founders/configuration_differences.h"

#include "core/families/families.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace mergarium {
namespace {

bool areOneNetwork(std::span<const FounderOutline> founders) {
    const auto& first = founders.front().network;
    return first && std::ranges::all_of(founders.subspan(1), [&](const auto& founder) {
               return founder.network && computeTheSame(*first, *founder.network);
           });
}

/// What each founder says of a key; absent where they agree.
std::optional<Difference> differenceIn(const std::string& key, std::span<const FounderOutline> founders) {
    Difference difference{Difference::Kind::Configuration, key, {}};
    std::set<std::string> values;
    for (const auto& founder : founders) {
        const auto found = founder.settings.find(key);
        const bool given = found != founder.settings.end();
        difference.founders.push_back(given ? found->second : founder.settings.empty() ? "unknown" : "not set");
        if (given || !(founder.settings.empty() || mayBeLeftOut(key))) values.insert(difference.founders.back());
    }
    return values.size() > 1 ? std::optional(std::move(difference)) : std::nullopt;
}

}  // namespace

std::vector<Difference> configurationDifferences(std::span<const FounderOutline> founders) {
    std::vector<Difference> differences;
    if (areOneNetwork(founders)) return differences;
    std::set<std::string> keys;
    for (const auto& founder : founders)
        for (const auto& [key, value] : founder.settings) keys.insert(key);
    for (const auto& key : keys)
        if (auto difference = differenceIn(key, founders)) differences.push_back(std::move(*difference));
    const auto isKnown = [](const auto& one) { return one.network.has_value(); };
    const auto isRefused = [](const auto& one) { return !one.refusal.empty(); };
    const auto first = std::ranges::find_if(founders, isKnown);
    const bool told =
        std::ranges::all_of(founders, isKnown) || (first != founders.end() && std::ranges::any_of(founders, isRefused));
    if (!told || !differences.empty()) return differences;
    Difference whole{Difference::Kind::Configuration, "config.json", {}};
    for (const auto& founder : founders)
        whole.founders.push_back(isRefused(founder)                                  ? founder.refusal
                                 : !isKnown(founder)                                 ? "unknown"
                                 : computeTheSame(*first->network, *founder.network) ? "is understood"
                                                                                     : "computes otherwise");
    differences.push_back(std::move(whole));
    return differences;
}

}  // namespace mergarium
