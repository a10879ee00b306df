#include "core/networks/clip/clip_scorer.h"

#include "core/checkpoint/checkpoint.h"
#include "core/diffusion/component_configs.h"
#include "core/files/json.h"
#include "core/images/clip_preprocessing.h"
#include "core/networks/clip/clip_text.h"
#include "core/networks/clip/clip_vision.h"
#include "core/networks/read_tensor.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace mergarium {
namespace {

/// Pictures and texts that are looked at together.
constexpr std::size_t kTogether = 16;
/// A temperature for training, and numbers that count up.
constexpr std::array<std::string_view, 3> kIdleInClip{"logit_scale", "text_model.embeddings.position_ids",
                                                      "vision_model.embeddings.position_ids"};

Layout floatingLayout(const Checkpoint& checkpoint) {
    Layout layout;
    for (const auto& tensor : checkpoint.tensors())
        if (isFloating(tensor.dtype)) layout.append(tensor.name, tensor.shape, tensor.dtype);
    return layout;
}

ClipConfig configIn(const std::filesystem::path& folder) {
    const auto path = folder / "config.json";
    return clipConfigOf(readJsonObject(path, kSettingsJson), path.string());
}

void appendRows(const torch::Tensor& projected, std::vector<ClipEmbedding>& to) {
    const auto rows = (projected / projected.norm(2, -1, /*keepdim=*/true)).cpu().contiguous();
    const auto* first = rows.data_ptr<float>();
    for (std::int64_t i = 0; i < rows.size(0); ++i)
        to.emplace_back(first + i * rows.size(1), first + (i + 1) * rows.size(1));
}

template <class One, class Look>
std::vector<ClipEmbedding> together(std::span<const One> all, const Look& look) {
    const c10::InferenceMode inference;
    std::vector<ClipEmbedding> embeddings;
    for (std::size_t begin = 0; begin < all.size(); begin += kTogether)
        appendRows(look(all.subspan(begin, std::min(kTogether, all.size() - begin))), embeddings);
    return embeddings;
}

}  // namespace

double cosineOf(std::span<const float> first, std::span<const float> second) {
    if (first.size() != second.size()) throw std::invalid_argument("Embeddings of two widths have no cosine.");
    double product = 0.0;
    double squares[2] = {0.0, 0.0};
    for (std::size_t i = 0; i < first.size(); ++i) {
        product += static_cast<double>(first[i]) * second[i];
        squares[0] += static_cast<double>(first[i]) * first[i];
        squares[1] += static_cast<double>(second[i]) * second[i];
    }
    return product / std::sqrt(squares[0] * squares[1]);
}

struct ClipScorer::Parts {
    Parts(const std::filesystem::path& folder, PromptReader promptReader, torch::Device device)
        : config(configIn(folder)),
          preprocessing(readClipPreprocessing(folder, static_cast<std::size_t>(config.vision.imageSize))),
          reader(std::move(promptReader)) {
        const auto checkpoint = Checkpoint::open(folder);
        const auto layout = floatingLayout(*checkpoint);
        const TensorNames names{.prefix = "", .spellings = {}, .idle = kIdleInClip};
        const auto bind = [&](TensorsIn tensors) {
            text.emplace(config.text, tensors);
            vision.emplace(config.vision, tensors);
            tensors.finish(checkpoint->path().string());
        };
        // Before any memory is taken.
        bind(TensorsIn({}, layout, names));
        flat = at::empty({static_cast<std::int64_t>(layout.extent())},
                         at::TensorOptions().dtype(torch::kFloat32).device(device));
        bind(TensorsIn(flat, layout, names));
        for (const auto& tensor : layout.tensors) {
            const auto& stored = *checkpoint->find(tensor.name);
            readTensor(
                stored, stored.bytes,
                flat.narrow(0, static_cast<std::int64_t>(tensor.begin), static_cast<std::int64_t>(tensor.count)));
        }
        checkpoint->check();
    }

    ClipConfig config;
    ClipPreprocessing preprocessing;
    PromptReader reader;
    torch::Tensor flat;
    std::optional<ClipText> text;
    std::optional<ClipVision> vision;
};

ClipScorer::ClipScorer(const std::filesystem::path& folder, PromptReader reader, torch::Device device)
    : parts_(std::make_unique<Parts>(folder, std::move(reader), device)) {}
ClipScorer::~ClipScorer() = default;
ClipScorer::ClipScorer(ClipScorer&&) noexcept = default;

std::size_t ClipScorer::projection() const { return static_cast<std::size_t>(parts_->config.text.projection); }

std::vector<ClipEmbedding> ClipScorer::texts(std::span<const std::string> texts) const {
    return together(texts, [&](std::span<const std::string> some) {
        std::vector<std::vector<std::int32_t>> ids;
        for (const auto& text : some) ids.push_back(parts_->reader(text).ids);
        return parts_->text->read(ids).projected;
    });
}

std::vector<ClipEmbedding> ClipScorer::images(std::span<const Image> images) const {
    return together(images, [&](std::span<const Image> some) {
        const auto side = parts_->config.vision.imageSize;
        std::vector<torch::Tensor> pictures;
        for (const auto& image : some) {
            const auto pixels = clipPixels(image, parts_->preprocessing);
            pictures.push_back(at::tensor(pixels).view({3, side, side}));
        }
        return parts_->vision->look(at::stack(pictures).to(parts_->flat.device())).projected;
    });
}

}  // namespace mergarium
