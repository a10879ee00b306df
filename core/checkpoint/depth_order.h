#pragma once

#include <string>
#include <vector>

namespace mergarium {

/// Sorts tensors' names as data flows through the network: embeddings, layer 0, layer 1, ... final norm, head, numbers
/// compared as numbers; within a layer attention (q, k, v, o) before the feed-forward part, norms where they act,
/// weight before bias; in a level of a U-Net its residual blocks and attentions in turn.
///
/// Names are compared part by part between the dots, so that whatever shares a prefix (a vision tower, a block) stays
/// together; of two parts the one whose word is known to act earlier comes first; unknown words keep natural order
/// ("fc2" before "fc10"). Depends on the set of names alone, not on their order before.
void sortInDepthOrder(std::vector<std::string>& names);

}  // namespace mergarium
