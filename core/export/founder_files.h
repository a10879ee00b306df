#pragma once

#include "core/checkpoint/layout.h"
#include "core/files/pending_folder.h"
#include "core/founders/founder_source.h"
#include "core/models/model_plan.h"

#include <span>

namespace mergarium {

/// Puts what makes a folder of tensors a usable model beside them: configuration (childConfiguration), tokenizer,
/// generation settings, licences, and whole subfolders (companionsOf), copied from the founder's. Nothing where the
/// founder is a bare file.
void copyFounderFiles(const FounderSource& founder, std::span<const TensorDescription> tensors, const Layout& layout,
                      const PendingFolder& folder);

}  // namespace mergarium
