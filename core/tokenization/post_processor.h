#pragma once

#include "core/tokenization/component.h"

#include <cstdint>
#include <vector>

namespace mergarium::text {

/// The special tokens that a tokenizer puts around a text.
struct PostProcessor {
    std::vector<std::int32_t> before;
    std::vector<std::int32_t> after;
};

/// Reads the "post_processor" of a tokenizer.json, which may be null. Of a template only the form for a single text
/// matters.
PostProcessor readPostProcessor(const Component& component);

}  // namespace mergarium::text
