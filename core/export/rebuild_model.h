#pragma once

#include "core/export/write_model.h"

#include <cstddef>
#include <filesystem>
#include <map>

namespace mergarium {

/// Makes the folder of a recipe.yaml again, to the byte. Founders are looked for where the recipe says, then beside the
/// recipe and beside its folder; `elsewhere` names other places, by index. Throws std::runtime_error with one sentence:
/// a founder is missing, or is not the one of the recipe; Cancelled.
ExportResult rebuildModel(const std::filesystem::path& recipe,
                          const std::map<std::size_t, CheckpointFounder>& elsewhere,
                          const std::filesystem::path& folder, const std::filesystem::path& cache,
                          const Announce& announce = nullptr);

}  // namespace mergarium
