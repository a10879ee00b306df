#pragma once

#include "core/search/cma_es/cma_es_kind.h"
#include "core/search/m2n2/m2n2_kind.h"
#include "core/search/map_elites/map_elites_kind.h"
#include "core/search/ratio_search/ratio_search_kind.h"

#include <variant>

namespace mergarium {

/// The kinds of strategies (docs/extending.md): the first is the default.
using StrategySettings = std::variant<M2n2Settings, GaSettings, RandomPairingSettings, MapElitesSettings,
                                      CmaEsSearchSettings, RatioSearchSettings>;

inline StrategyTraits traitsOf(const StrategySettings& settings) {
    return std::visit([](const auto& one) { return traitsOf(one); }, settings);
}

}  // namespace mergarium
