#include "core/networks/clip/clip_text.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

constexpr std::array<Spelling, 1> kBareText{{{"text_model.", ""}}};
/// Counts up; some files store it, as integers or, merged by others, as floats.
constexpr std::array<std::string_view, 2> kIdleInText{"text_model.embeddings.position_ids", "embeddings.position_ids"};

/// Where a text ends.
std::int64_t endOf(std::span<const std::int32_t> text, std::int64_t endToken) {
    const auto found =
        endToken == 2 ? std::ranges::max_element(text) : std::ranges::find(text, static_cast<std::int32_t>(endToken));
    return found == text.end() ? 0 : found - text.begin();
}

}  // namespace

ClipText::ClipText(ClipTextConfig config, TensorVisitor& tensors) : config_(std::move(config)) {
    const auto width = config_.layers.width;
    tensors.tensor("text_model.embeddings.token_embedding.weight", {config_.vocabulary, width}, tokens_);
    tensors.tensor("text_model.embeddings.position_embedding.weight", {config_.positions, width}, positions_);
    layers_.visit(tensors, config_.layers, "text_model.encoder.layers.");
    tensors.norm("text_model.final_layer_norm", width, norm_);
    if (config_.projection > 0) tensors.linear("text_projection", config_.projection, width, projection_, false);
}

TensorNames clipTextNames(std::string prefix) {
    return {.prefix = std::move(prefix), .spellings = kBareText, .idle = kIdleInText};
}

torch::Tensor ClipText::normalised(const torch::Tensor& states) const {
    return clipNorm(config_.layers, norm_, states);
}

ClipText::Reading ClipText::read(std::span<const std::vector<std::int32_t>> texts) const {
    const auto count = static_cast<std::int64_t>(texts.size());
    const auto length = texts.empty() ? 0 : std::ssize(texts.front());
    if (length == 0 || length > config_.positions)
        throw std::invalid_argument(fmt::format("CLIP reads 1 to {} tokens, not {}.", config_.positions, length));
    std::vector<std::int64_t> ids, ends;
    for (const auto& text : texts) {
        if (std::ssize(text) != length) throw std::invalid_argument("CLIP reads texts of one length.");
        for (const auto id : text)
            if (id < 0 || id >= config_.vocabulary)
                throw std::invalid_argument(
                    fmt::format("The token {} lies outside the text encoder's vocabulary of {}; its tokenizer is "
                                "another model's.",
                                id, config_.vocabulary));
        ids.insert(ids.end(), text.begin(), text.end());
        ends.push_back(endOf(text, config_.endToken));
    }
    const auto device = tokens_.device();
    const auto onDevice = [&](const std::vector<std::int64_t>& numbers) {
        return at::tensor(numbers, torch::kInt64).to(device);
    };
    const auto inputs = at::embedding(tokens_, onDevice(ids).view({count, length})) + positions_.narrow(0, 0, length);
    const auto mask = at::full({length, length}, -std::numeric_limits<double>::infinity(), inputs.options()).triu(1);
    Reading reading{.states = clipStates(config_.layers, layers_, inputs, mask)};
    reading.last = normalised(reading.states.back());
    std::vector<std::int64_t> rows;
    for (std::int64_t i = 0; i < count; ++i) rows.push_back(i * length + ends[static_cast<std::size_t>(i)]);
    reading.pooled = reading.last.reshape({count * length, config_.layers.width}).index_select(0, onDevice(rows));
    if (projection_.weight.defined()) reading.projected = at::linear(reading.pooled, projection_.weight);
    return reading;
}

}  // namespace mergarium
