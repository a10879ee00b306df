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
    const bool known = std::ranges::all_of(founders, [](const auto& one) { return one.network.has_value(); });
    if (!known || !differences.empty()) return differences;
    Difference whole{Difference::Kind::Configuration, "config.json", {}};
    for (const auto& founder : founders)
        whole.founders.push_back(computeTheSame(*founders.front().network, *founder.network) ? "as the first founder's"
                                                                                             : "computes otherwise");
    differences.push_back(std::move(whole));
    return differences;
}

}  // namespace mergarium
