#include "core/networks/diffusion/prompt_encoders.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace mergarium {
namespace {

constexpr std::size_t kMostKept = std::size_t{256} << 20;

std::size_t bytesOf(const torch::Tensor& tensor) { return tensor.defined() ? tensor.nbytes() : 0; }

std::string prefixOf(std::size_t encoder) { return encoder == 0 ? "text_encoder." : "text_encoder_2."; }

/// Neighbours among a layout's merged tensors as one piece of the buffer each.
std::vector<torch::Tensor> mergedPieces(const torch::Tensor& flat, const Layout& layout) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> spans;
    for (const auto& tensor : layout.tensors) {
        if (!tensor.name.starts_with("text_encoder")) continue;
        if (!spans.empty() && spans.back().second == tensor.begin)
            spans.back().second += tensor.count;
        else
            spans.emplace_back(tensor.begin, tensor.begin + tensor.count);
    }
    std::vector<torch::Tensor> pieces;
    for (const auto& [begin, end] : spans)
        pieces.push_back(flat.narrow(0, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end - begin)));
    return pieces;
}

std::vector<ClipText> encodersIn(const torch::Tensor& flat, const PipelineConfig& config, const Layout& layout,
                                 std::string_view source) {
    std::vector<ClipText> encoders;
    for (std::size_t i = 0; i < config.textEncoders.size(); ++i) {
        TensorsIn tensors(flat, layout, clipTextNames(prefixOf(i)));
        encoders.emplace_back(config.textEncoders[i], tensors);
        tensors.finish(source);
    }
    return encoders;
}

}  // namespace

void checkTextEncoders(const PipelineConfig& config, const Layout& layout, std::string_view source) {
    (void)encodersIn({}, config, layout, source);
}

PromptEncoders::PromptEncoders(const PipelineConfig& config, const torch::Tensor& flat, const Layout& layout,
                               std::vector<PromptReader> readers)
    : encoders_(encodersIn(flat, config, layout, "The text-to-image model")),
      readers_(std::move(readers)),
      merged_(mergedPieces(flat, layout)) {
    if (readers_.size() != encoders_.size())
        throw std::invalid_argument("A pipeline has a tokenizer for every text encoder.");
}

void PromptEncoders::notice() {
    std::vector<Digest> now;
    for (const auto& piece : merged_) {
        const auto host = piece.cpu();
        now.push_back(digestOf({static_cast<const std::byte*>(host.data_ptr()), host.nbytes()}));
    }
    if (now == known_) return;
    known_ = std::move(now);
    kept_.clear();
    keptBytes_ = 0;
}

EncodedPrompt PromptEncoders::encode(const std::string& prompt) {
    if (const auto found = kept_.find(prompt); found != kept_.end()) return found->second;
    auto made = encoded(prompt);
    const auto bytes = bytesOf(made.context) + bytesOf(made.pooled) + prompt.size();
    if (keptBytes_ + bytes > kMostKept) {
        kept_.clear();
        keptBytes_ = 0;
    }
    keptBytes_ += bytes;
    return kept_.emplace(prompt, std::move(made)).first->second;
}

EncodedPrompt PromptEncoders::encoded(const std::string& prompt) const {
    EncodedPrompt result;
    std::vector<torch::Tensor> parts;
    for (std::size_t i = 0; i < encoders_.size(); ++i) {
        auto read = readers_[i](prompt);
        result.cut = result.cut || read.cut;
        const auto reading = encoders_[i].read({&read.ids, 1});
        const bool xl = encoders_.size() > 1;
        parts.push_back(xl ? reading.states[reading.states.size() - 2] : reading.last);
        if (xl && i + 1 == encoders_.size()) result.pooled = reading.projected;
    }
    result.context = at::cat(parts, -1);
    return result;
}

void PromptEncoders::observe(const std::string& prompt, const std::string& before, bool names,
                             const Observer& observer) const {
    for (std::size_t i = 0; i < encoders_.size(); ++i) {
        const auto read = readers_[i](prompt);
        const auto number = std::to_string(i + 1);
        observer(before + "input_ids." + number,
                 at::tensor(std::vector<std::int64_t>(read.ids.begin(), read.ids.end()), torch::kInt64).unsqueeze(0));
        if (!names) continue;
        const auto reading = encoders_[i].read({&read.ids, 1});
        const auto& penultimate = reading.states[reading.states.size() - 2];
        const auto tell = [&](const std::string& name, const torch::Tensor& value) {
            observer("te" + number + "_" + name, value);
        };
        tell("penultimate", penultimate);
        tell("last", reading.last);
        if (i == 0) tell("pooler", reading.pooled);
        if (reading.projected.defined()) tell("text_embeds", reading.projected);
        if (encoders_.size() == 1) observer("clip_skip1_prompt_embeds", encoders_[i].normalised(penultimate));
    }
}

}  // namespace mergarium
