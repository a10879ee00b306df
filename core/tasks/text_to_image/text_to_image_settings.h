#pragma once

#include "core/fields/field_visitor.h"
#include "core/fields/value.h"
#include "core/tasks/task_outline.h"
#include "core/tasks/texts/question_files.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// What a picture is worth, from 0 to 1.
enum class PictureScore {
    /// (1 + c) / 2, where c is the cosine of CLIP's embeddings of the picture and the caption's reference photo
    /// (Abrantes, Lange, Tang, GECCO 2025, in the experiment on text-to-image models; Radford et al., "Learning
    /// Transferable Visual Models From Natural Language Supervision", ICML 2021).
    ImageSimilarity,
    /// (1 + c) / 2, where c is the cosine of CLIP's embeddings of the picture and the caption (Hessel et al.,
    /// "CLIPScore", EMNLP 2021, who scale the cosine otherwise).
    TextSimilarity,
    /// What a program of the user's says (docs/evaluators.md).
    Command,
};

/// A score, and how much it counts among others: a picture is worth their mean by weight.
struct WeightedScore {
    PictureScore score = PictureScore::ImageSimilarity;
    double weight = 1.0;
    bool operator==(const WeightedScore&) const = default;
};

/// Which of a pipeline's networks are merged; the first founder's others are taken over.
enum class MergedNetworks { UNet, UNetAndText, All };

/// The task `text-to-image`: captions, painted by Stable Diffusion 1.x, 2.x or XL. A caption's score is the mean of its
/// pictures', one per seed; what isn't finite scores 0.
struct TextToImageSettings {
    static constexpr std::string_view kKind = "text-to-image";
    static constexpr std::string_view kSummary = "pictures that text-to-image models paint to captions";

    std::vector<QuestionFile> files;
    std::vector<WeightedScore> scores{WeightedScore{}};
    /// Folder of the CLIP model that scores.
    std::filesystem::path clip;
    /// Of PictureScore::Command: the program and its arguments, the folder that it is started in, and the seconds that
    /// one answer may take.
    std::vector<std::string> program;
    std::filesystem::path folder;
    double timeout = 600.0;
    std::uint64_t steps = 20;
    double guidance = 7.5;
    /// Pixels; 0: the model's own.
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    /// Empty: the model's own (schedulerNames).
    std::string scheduler;
    std::string negative;
    /// Pictures per caption, of the seeds from `firstSeed` on.
    std::uint64_t seeds = 1;
    std::uint64_t firstSeed = 0;
    /// Pictures that are painted at once.
    std::uint64_t batch = 1;
    MergedNetworks merge = MergedNetworks::UNet;
    /// Folder of a pipeline whose configurations and tokenizers the models have; empty: the first founder's.
    std::filesystem::path pipeline;
    bool operator==(const TextToImageSettings&) const = default;

    bool has(PictureScore score) const;
};

std::string_view nameOf(PictureScore score);
std::string_view nameOf(MergedNetworks merged);

void visit(FieldVisitor& visitor, WeightedScore& score);
void visit(FieldVisitor& visitor, TextToImageSettings& settings);

/// A list of scores and weights.
class PictureScoresField final : public StructuredField {
public:
    explicit PictureScoresField(std::vector<WeightedScore>& scores) : scores_(scores) {}
    std::string_view shape() const override {
        return "a list like [image-similarity] or [{score: image-similarity, weight: 2}, {score: text-similarity}]";
    }
    Value write() const override;
    void read(std::string_view key, const Value& value, MapReader& map) override;
    std::optional<std::string> violation() const override;
    std::vector<FieldEntry> parts() const override;

private:
    std::vector<WeightedScore>& scores_;
};

TaskTraits traitsOf(const TextToImageSettings& settings);

}  // namespace mergarium
