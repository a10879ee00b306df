#pragma once

#include <torch/types.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace mergarium {

/// The next tokens of one text of a batch. A batch is a list of pieces, packed one behind the other without padding:
/// whole prompts and single tokens of others may go together.
struct Piece {
    /// The text's row of the cache, which holds the tokens before `position`.
    std::int64_t slot = 0;
    /// Where in the text the first of `tokens` stands.
    std::int64_t position = 0;
    /// At least one.
    std::span<const std::int32_t> tokens;
    /// Asks for log-probabilities: of targets[i] behind tokens[i]. At most as many as `tokens`.
    std::span<const std::int32_t> targets = {};
    /// Asks for the logits after the last token.
    bool logits = false;
    /// Tokens that the text will have, where it is known to be read on: some networks read long texts otherwise from
    /// the beginning.
    std::int64_t expectedLength = 0;

    /// What is known of it.
    std::int64_t textLength() const {
        return std::max(expectedLength, position + static_cast<std::int64_t>(tokens.size()));
    }
};

struct PieceResults {
    /// fp32 [pieces that asked for logits, vocabulary] on the network's device.
    torch::Tensor logits;
    /// Per piece, one for every target.
    std::vector<std::vector<float>> logProbabilities;
};

/// What a network remembers of the tokens seen so far: per layer a tensor, with one row (slot) per text.
struct KeyValueCache {
    /// Of every token; undefined in layers that keep none.
    std::vector<torch::Tensor> keys = {};
    std::vector<torch::Tensor> values = {};
    /// Of all tokens together, in layers with the gated delta rule: its matrices, and the convolution's last inputs.
    /// Undefined in others, and none where no layer has them.
    std::vector<torch::Tensor> matrices = {};
    std::vector<torch::Tensor> lastInputs = {};
    std::int64_t slots = 0;
    /// Largest number of tokens of a text.
    std::int64_t capacity = 0;

    /// Copies text `from` over text `to`.
    void copySlot(std::int64_t from, std::int64_t to) {
        for (auto* layers : {&keys, &values, &matrices, &lastInputs})
            for (auto& kept : *layers)
                if (kept.defined()) kept.select(0, to).copy_(kept.select(0, from));
    }
};

}  // namespace mergarium
