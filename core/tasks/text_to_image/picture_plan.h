#pragma once

#include "core/diffusion/picture_request.h"
#include "core/founders/founder_source.h"
#include "core/networks/clip/clip_scorer.h"
#include "core/tasks/sample_set.h"
#include "core/tasks/text_to_image/captions.h"
#include "core/tasks/text_to_image/text_to_image_settings.h"

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mergarium {

/// A CLIP model that lanes share. Any thread.
class SharedClip {
public:
    explicit SharedClip(ClipScorer scorer) : scorer_(std::move(scorer)) {}

    std::vector<ClipEmbedding> texts(std::span<const std::string> texts) const {
        const std::lock_guard lock(mutex_);
        return scorer_.texts(texts);
    }
    std::vector<ClipEmbedding> images(std::span<const Image> images) const {
        const std::lock_guard lock(mutex_);
        return scorer_.images(images);
    }

private:
    mutable std::mutex mutex_;
    ClipScorer scorer_;
};

/// Captions as a model paints them, and all that is the same for every model. Immutable; any thread.
struct PicturePlan {
    /// The first founder is the one whose configuration all models have. Reads all photos. Throws std::runtime_error
    /// where these, CLIP and the settings don't fit together, naming file and line, or the key.
    PicturePlan(const TextToImageSettings& settings, std::span<const FounderSourcePtr> founders, torch::Device device);

    struct Set {
        std::vector<Caption> captions;
        /// Of CLIP, one per caption; empty where no score needs them.
        std::vector<ClipEmbedding> texts;
        std::vector<ClipEmbedding> photos;
        /// Captions that are painted and scored together, always the same.
        std::vector<std::vector<std::uint32_t>> batches;
    };

    /// What a caption's picture of one seed is asked for with.
    PictureRequest request(const Caption& caption, std::uint64_t seed) const;
    /// As many as text encoders.
    std::vector<PromptReader> readers() const { return readers_; }

    TextToImageSettings settings;
    PipelineConfig config;
    /// Null where no score needs it.
    std::shared_ptr<const SharedClip> clip;
    std::shared_ptr<const SampleSet> samples;
    Set train;
    Set test;
    /// What a person should know of the captions; empty: nothing.
    std::string caution;

private:
    Set prepared(std::vector<Caption> captions) const;
    void checkSize() const;
    /// How many of the captions are cut, in one sentence.
    std::string cutCaptions() const;

    std::vector<PromptReader> readers_;
    std::optional<SchedulerConfig> scheduler_;
};

}  // namespace mergarium
