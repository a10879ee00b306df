#pragma once

#include "core/checkpoint/layout.h"
#include "core/families/decoder_config.h"

namespace mergarium {

/// A configuration whose names are those of the tensors there are: folders of the bare network leave out what stands
/// before its names, and those of larger models have more before them ("language_model.").
DecoderConfig withNamesOf(DecoderConfig config, const Layout& layout);

}  // namespace mergarium
