#pragma once

#include "core/founders/founder_source.h"
#include "core/founders/naming.h"

namespace mergarium {

/// The founder with its tensors called as another one's.
FounderSourcePtr renamedFounder(FounderSourcePtr founder, Naming naming);

}  // namespace mergarium
