#include "core/tasks/text_to_image/text_to_image_settings.h"

#include "core/diffusion/scheduler_names.h"
#include "core/fields/field_checker.h"
#include "core/fields/field_list.h"
#include "core/fields/field_reader.h"
#include "core/fields/field_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace mergarium {
namespace {

constexpr PictureScore kScores[] = {PictureScore::ImageSimilarity, PictureScore::TextSimilarity, PictureScore::Command};
constexpr MergedNetworks kMerged[] = {MergedNetworks::UNet, MergedNetworks::UNetAndText, MergedNetworks::All};
constexpr std::uint64_t kMostPixels = 8192;

}  // namespace

std::string_view nameOf(PictureScore score) {
    switch (score) {
        case PictureScore::ImageSimilarity: return "image-similarity";
        case PictureScore::TextSimilarity: return "text-similarity";
        case PictureScore::Command: break;
    }
    return "command";
}

std::string_view nameOf(MergedNetworks merged) {
    switch (merged) {
        case MergedNetworks::UNet: return "unet";
        case MergedNetworks::UNetAndText: return "unet-and-text";
        case MergedNetworks::All: break;
    }
    return "all";
}

bool TextToImageSettings::has(PictureScore score) const {
    return std::ranges::find(scores, score, &WeightedScore::score) != scores.end();
}

void visit(FieldVisitor& visitor, WeightedScore& s) {
    visitor.choice(
        {.key = "score",
         .label = "Score",
         .help = "image-similarity: CLIP's cosine of picture and reference photo; text-similarity: of picture "
                 "and caption, both mapped to 0 to 1; command: what the program says."},
        s.score, std::span<const PictureScore>(kScores));
    visitor.number({.key = "weight", .label = "Weight", .help = "How much it counts among the scores."}, s.weight,
                   {.least = 0.0, .above = true});
}

void visit(FieldVisitor& visitor, TextToImageSettings& s) {
    using Kind = PathShape::Kind;
    const bool clip = s.has(PictureScore::ImageSimilarity) || s.has(PictureScore::TextSimilarity);
    const bool command = s.has(PictureScore::Command);
    QuestionFilesField files(s.files);
    visitor.structured({.key = "files",
                        .label = "Captions",
                        .help = "Files with a JSON object per line, {caption, image}: what is painted, and the "
                                "reference photo, a path beside the file."},
                       files);
    PictureScoresField scores(s.scores);
    visitor.structured({.key = "scores",
                        .label = "Scored by",
                        .help = "What a picture is worth: a weighted mean of scores. Such graded scores compete best "
                                "with strategy.capacity: best."},
                       scores);
    visitor.path({.key = "clip",
                  .label = "CLIP model",
                  .help = "Folder of the CLIP model that scores pictures.",
                  .relevant = clip},
                 s.clip, {.kind = Kind::Folder});
    visitor.texts({.key = "program",
                   .label = "Program",
                   .help = "The program that scores pictures and its arguments, JSON lines over its input and output; "
                           "started without a shell.",
                   .relevant = command},
                  s.program, TextsAre::Command, false);
    visitor.path({.key = "folder",
                  .label = "Started in",
                  .help = "The folder that the program is started in.",
                  .unset = "the configuration's own folder",
                  .relevant = command},
                 s.folder, {.kind = Kind::Folder, .besideText = true});
    visitor.number({.key = "timeout",
                    .label = "Time per answer",
                    .help = "A program that takes longer has failed on that model.",
                    .unit = "s",
                    .relevant = command},
                   s.timeout, {.least = 0.0, .above = true});
    visitor.whole({.key = "steps", .label = "Steps", .help = "Steps of the scheduler to a picture."}, s.steps,
                  {.least = 1, .most = 1000});
    visitor.number({.key = "guidance",
                    .label = "Guidance",
                    .help = "How much the prompt counts against the negative prompt; 1 or less: the prompt alone, in "
                            "half the time."},
                   s.guidance, {.least = 0.0, .most = 100.0});
    visitor.whole({.key = "width", .label = "Width", .help = "Of pictures.", .unit = "pixels", .unset = "the model's"},
                  s.width, {.least = 8, .most = kMostPixels, .zero = true});
    visitor.whole(
        {.key = "height", .label = "Height", .help = "Of pictures.", .unit = "pixels", .unset = "the model's"},
        s.height, {.least = 8, .most = kMostPixels, .zero = true});
    visitor.text({.key = "scheduler",
                  .label = "Scheduler",
                  .help = "How noise becomes a picture.",
                  .unset = "the first founder's own"},
                 s.scheduler, {.suggestions = schedulerNames()});
    visitor.text({.key = "negative", .label = "Negative prompt", .help = "What pictures are steered away from."},
                 s.negative, {});
    visitor.whole(
        {.key = "seeds", .label = "Pictures per caption", .help = "Of as many seeds; a caption's score is their mean."},
        s.seeds, {.least = 1, .most = 1000});
    visitor.whole({.key = "first_seed",
                   .label = "First seed",
                   .help = "Of the noise that pictures are made from, the same for every model and caption."},
                  s.firstSeed, {.most = static_cast<std::uint64_t>(INT64_MAX)});
    visitor.whole({.key = "batch",
                   .label = "Pictures at a time",
                   .help = "How many pictures are painted at once: more use a GPU better, and take more memory."},
                  s.batch, {.least = 1, .most = 256});
    visitor.choice({.key = "merge",
                    .label = "Merged",
                    .help = "unet: the U-Net alone; unet-and-text: the text encoders too; all: the VAE as well. What "
                            "isn't merged is the first founder's, unless tensors.freeze says otherwise."},
                   s.merge, std::span<const MergedNetworks>(kMerged));
    visitor.path({.key = "pipeline",
                  .label = "Configurations of",
                  .help = "Folder of a pipeline whose configurations and tokenizers the models have, for founders that "
                          "are single files.",
                  .unset = "the first founder"},
                 s.pipeline, {.kind = Kind::Folder});
}

Value PictureScoresField::write() const {
    Value::List list;
    for (auto score : scores_) {
        FieldWriter writer;
        visit(writer, score);
        list.push_back(writer.map());
    }
    return Value(std::move(list));
}

void PictureScoresField::read(std::string_view key, const Value& value, MapReader& map) {
    if (!value.isList()) map.refuse(key, value, fmt::format("must be {}", shape()));
    scores_.clear();
    for (const auto& one : value.list()) {
        Value named{Value::Map{}};
        if (one.isScalar()) named.at("score") = one;
        FieldReader reader(one.isScalar() ? named : one, map.source(), OthersKeys::Refused, map.full(key));
        WeightedScore score;
        visit(reader, score);
        reader.close();
        scores_.push_back(score);
    }
}

std::optional<std::string> PictureScoresField::violation() const {
    if (scores_.empty()) return "names no score";
    std::set<PictureScore> seen;
    for (auto score : scores_) {
        FieldChecker checker;
        visit(checker, score);
        if (const auto& found = checker.violation()) return fmt::format("{} {}", found->key, found->sentence);
        if (!seen.insert(score.score).second) return fmt::format("names {} twice", nameOf(score.score));
    }
    return std::nullopt;
}

std::vector<FieldEntry> PictureScoresField::parts() const { return fieldsOf(WeightedScore{}); }

TaskTraits traitsOf(const TextToImageSettings& settings) {
    TaskTraits traits{.paints = true,
                      .toMend = "the captions' pictures (task.files), the size and the steps (task.width, task.steps)"};
    if (settings.merge == MergedNetworks::UNet) traits.kept.emplace_back("text_encoder*");
    if (settings.merge != MergedNetworks::All) traits.kept.emplace_back("vae.*");
    return traits;
}

}  // namespace mergarium
