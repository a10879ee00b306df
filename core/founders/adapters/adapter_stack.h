#pragma once

#include "core/founders/adapters/lora.h"
#include "core/founders/founder_settings.h"

#include <vector>

namespace mergarium {

/// An adapter, and how much of what it changes is added.
struct StackedAdapter {
    LoraAdapter adapter;
    double weight = 1;
};

/// The adapters that are to lie on one base together (openLora). Throws std::runtime_error with one sentence, naming
/// one of them, where they can't: an adapter that decomposes weights (DoRA) or brings whole tensors counts whole or not
/// at all, a DoRA adapter alone; two bring the same tensor whole; one changes an embedding that another one's head is
/// to be told from.
std::vector<StackedAdapter> openAdapters(const AdapterStack& named, const LoraBase& base);

}  // namespace mergarium
