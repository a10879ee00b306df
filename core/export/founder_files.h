#pragma once

#include "core/files/pending_folder.h"
#include "core/founders/founder_source.h"
#include "core/models/model_plan.h"

#include <span>

namespace mergarium {

/// Puts what makes a folder of tensors a usable model beside them: configuration, tokenizer, generation settings,
/// licences, copied from the founder's folder. config.json names the element type that the tensors are stored in, and
/// their vocabulary's size, where those differ from the founder's. Nothing where the founder is a bare file.
void copyFounderFiles(const FounderSource& founder, std::span<const TensorDescription> tensors,
                      const PendingFolder& folder);

}  // namespace mergarium
