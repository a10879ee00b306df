#pragma once

#include "core/checkpoint/layout.h"
#include "core/founders/founder_source.h"
#include "core/genes/genes.h"
#include "core/genes/units.h"

#include <filesystem>
#include <string_view>
#include <vector>

namespace mergarium {

/// The units (core/genes/units.h) of the network whose tensors these are. `first`: the founder whose configuration the
/// merged models have; null where the task brings its founders. `like`: as pipelineSetupOf takes it. Throws
/// std::runtime_error where none are known, or a configuration is wrong; `key`: of the setting that asks for them.
std::vector<UnitGroup> unitGroupsOf(const Layout& layout, const FounderSource* first,
                                    const std::filesystem::path& like = {}, std::string_view key = "strategy.genes");

/// What children inherit whole; null for Elements. Else as unitGroupsOf.
GenesPtr genesOf(GeneKind kind, const Layout& layout, const FounderSource* first,
                 const std::filesystem::path& like = {});

}  // namespace mergarium
