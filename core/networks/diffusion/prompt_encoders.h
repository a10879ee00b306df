#pragma once

#include "core/diffusion/picture_request.h"
#include "core/files/digest.h"
#include "core/networks/clip/clip_text.h"

#include <torch/types.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// A prompt as a U-Net reads it.
struct EncodedPrompt {
    /// [1, positions, width of all text encoders]
    torch::Tensor context;
    /// Of SDXL: [1, projection]; else undefined.
    torch::Tensor pooled;
    bool cut = false;
};

/// The text encoders of a pipeline with what reads prompts for them. Of SDXL the states before the last layer count,
/// one encoder's beside the other's; else those of the last layer behind the final norm. Embeddings are kept as long as
/// the encoders' parameters stay the same. One thread at a time.
class PromptEncoders {
public:
    /// Told of what is computed.
    using Observer = std::function<void(const std::string& name, const torch::Tensor& value)>;

    /// Their tensors are views into `flat`, "text_encoder." and "text_encoder_2." before their names. Throws
    /// std::runtime_error naming the tensor that is missing, has another shape, or is unknown.
    PromptEncoders(const PipelineConfig& config, const torch::Tensor& flat, const Layout& layout,
                   std::vector<PromptReader> readers);

    /// Drops what is kept where parameters are others than before. What lies behind the parameter vector is taken to
    /// stay.
    void notice();
    EncodedPrompt encode(const std::string& prompt);
    /// Tells of all tensors on the way to encode(prompt); `names`: "te1_last" and so on, else the token ids alone,
    /// `before` before their names.
    void observe(const std::string& prompt, const std::string& before, bool names, const Observer& observer) const;

private:
    EncodedPrompt encoded(const std::string& prompt) const;

    std::vector<ClipText> encoders_;
    std::vector<PromptReader> readers_;
    /// The encoders' parameters that models bring, and what they were.
    std::vector<torch::Tensor> merged_;
    std::vector<Digest> known_;
    std::map<std::string, EncodedPrompt> kept_;
    std::size_t keptBytes_ = 0;
};

/// Throws std::runtime_error naming `source` and the tensor of a text encoder that is missing, has another shape, or is
/// unknown.
void checkTextEncoders(const PipelineConfig& config, const Layout& layout, std::string_view source);

}  // namespace mergarium
