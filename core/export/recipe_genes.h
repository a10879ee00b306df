#pragma once

#include "core/fields/map_reader.h"
#include "core/genes/genes.h"

namespace mergarium {

/// The key `genes` of a recipe file: groups, and of every tensor as an array [outer, extent, inner] which gene each
/// index of its middle dimension belongs to.
Value valueOf(const Genes& genes);
/// Null where the file has no such key. Throws std::runtime_error that names file, line and key.
GenesPtr readGenes(MapReader& top);

}  // namespace mergarium
