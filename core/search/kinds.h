#pragma once

#include "core/search/cma_es/cma_es_kind.h"
#include "core/search/m2n2/m2n2_kind.h"
#include "core/search/map_elites/map_elites_kind.h"
#include "core/search/ratio_search/ratio_search_kind.h"

#include <concepts>
#include <variant>

namespace mergarium {

/// The kinds of strategies (docs/extending.md): the first is the default.
using StrategySettings = std::variant<M2n2Settings, GaSettings, RandomPairingSettings, MapElitesSettings,
                                      CmaEsSearchSettings, RatioSearchSettings>;

/// Of a strategy of whatever kind. For the variant alone: a kind that lacks its own must not become a variant again.
template <std::same_as<StrategySettings> Settings>
StrategyTraits traitsOf(const Settings& settings) {
    return std::visit([](const auto& one) { return traitsOf(one); }, settings);
}

}  // namespace mergarium
