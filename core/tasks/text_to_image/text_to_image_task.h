#pragma once

#include "core/founders/founders.h"
#include "core/networks/devices/model_loader.h"
#include "core/networks/diffusion/image_pipeline.h"
#include "core/tasks/task.h"
#include "core/tasks/text_to_image/picture_judge.h"
#include "core/tasks/text_to_image/picture_plan.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mergarium {

/// Text-to-image models on captions (TextToImageSettings). A picture depends on model, caption and seed alone; on the
/// CPU to the bit, since captions are always painted together with the same ones (by `attempt` one at a time). Running
/// out of memory is an EvaluationFailure.
class TextToImageTask final : public Task {
public:
    /// What is frozen in the founders' layout is written into the networks once. Throws std::runtime_error naming the
    /// tensor where the founders are no pipeline of the plan's configuration. `abandon` may be null.
    TextToImageTask(std::shared_ptr<const PicturePlan> plan, const Founders& founders, const ScoringDevice& device,
                    const std::atomic<bool>* abandon);

    std::shared_ptr<const SampleSet> samples() const override { return plan_->samples; }
    const Layout& layout() const override { return pipeline_.parameterLayout(); }
    void load(const Genome& genome) override;
    std::size_t batchCount() const override { return plan_->train.batches.size(); }
    std::span<const std::uint32_t> batch(std::size_t index) const override { return plan_->train.batches[index]; }
    void scoreBatch(std::size_t index, std::span<float> scores) override;
    std::optional<std::vector<Attempt>> attempt(std::span<const std::uint32_t> samples,
                                                const std::atomic<bool>& abandon) override;
    std::optional<double> testScore(const std::atomic<bool>* abandon = nullptr) override;
    /// What each score said; or that there is no picture.
    std::vector<std::string> answers() const override { return answers_; }
    std::vector<EncodedPicture> pictures() const override { return pictures_; }

private:
    /// What came of one caption.
    struct Painted {
        /// In [0, 1]; the mean over seeds.
        double score = 0.0;
        std::string words;
        /// Of the first seed whose picture is finite.
        EncodedPicture thumbnail;
        bool cut = false;
    };
    /// Of captions of a set, in their order. Absent where `abandon`, which may be null, is found set. Throws
    /// EvaluationFailure.
    std::optional<std::vector<Painted>> paint(const PicturePlan::Set& set, std::string_view split,
                                              std::span<const std::uint32_t> captions,
                                              const std::atomic<bool>* abandon);

    std::shared_ptr<const PicturePlan> plan_;
    ImagePipeline pipeline_;
    ModelLoader loader_;
    PictureJudge judge_;
    /// One per training caption.
    std::vector<std::string> answers_;
    std::vector<EncodedPicture> pictures_;
};

}  // namespace mergarium
