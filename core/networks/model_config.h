#pragma once

#include "core/checkpoint/layout.h"
#include "core/families/decoder_config.h"
#include "core/founders/founder_source.h"

namespace mergarium {

/// The network of a model, adapters included: as its base's config.json says, but for the names of its tensors, the
/// rows of the vocabulary, and whether the head is the embedding. Throws std::runtime_error where there is no
/// config.json, and as decoderConfigIn does.
DecoderConfig configOf(const FounderSource& model);

/// Throws std::runtime_error where it is a classifier, which neither reads on nor answers questions.
void requireLanguageModel(const DecoderConfig& config, const FounderSource& model);

/// A model's tensors as a layout, in their order.
Layout layoutOf(const FounderSource& model);

}  // namespace mergarium
