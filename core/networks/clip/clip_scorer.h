#pragma once

#include "core/diffusion/picture_request.h"
#include "core/images/image.h"

#include <torch/types.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// Of a text or a picture: projected, of length 1.
using ClipEmbedding = std::vector<float>;

/// In [-1, 1]; of two embeddings of the same width.
double cosineOf(std::span<const float> first, std::span<const float> second);

/// CLIP, which tells how much pictures are like each other and like texts: CLIPModel of transformers, in fp32 on any
/// device. One thread at a time.
class ClipScorer {
public:
    /// `folder`: config.json, safetensors and preprocessor_config.json; `reader` reads texts by its tokenizer. Throws
    /// std::runtime_error naming what is wrong in which file.
    ClipScorer(const std::filesystem::path& folder, PromptReader reader, torch::Device device);
    ~ClipScorer();
    ClipScorer(ClipScorer&&) noexcept;

    /// Width of embeddings.
    std::size_t projection() const;
    /// One per text; those of more than 77 tokens are cut.
    std::vector<ClipEmbedding> texts(std::span<const std::string> texts) const;
    /// One per picture, each brought to the model's size as preprocessor_config.json says.
    std::vector<ClipEmbedding> images(std::span<const Image> images) const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace mergarium
