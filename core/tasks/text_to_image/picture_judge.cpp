#include "core/tasks/text_to_image/picture_judge.h"

#include "core/files/scratch_place.h"
#include "core/images/encode_image.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace mergarium {
namespace {

/// From the cosine of two embeddings to a score.
double shareOf(std::span<const float> one, std::span<const float> other) {
    const auto cosine = cosineOf(one, other);
    // Written so that NaN, of a CLIP model that overflows, is 0.
    return cosine > -1.0 ? std::min((cosine + 1.0) / 2.0, 1.0) : 0.0;
}

}  // namespace

PictureJudge::PictureJudge(std::shared_ptr<const PicturePlan> plan, const std::atomic<bool>* abandon)
    : plan_(std::move(plan)) {
    const auto& settings = plan_->settings;
    if (!settings.has(PictureScore::Command)) return;
    scratch_.emplace(scratchPlace());
    program_.emplace(
        EvaluatorLaunch{.program = settings.program, .folder = settings.folder, .timeout = settings.timeout}, abandon);
    program_->start();
}

void PictureJudge::nextModel() {
    ++model_;
    if (program_) program_->nextModel();
}

std::vector<Judgement> PictureJudge::judge(const PicturePlan::Set& set, std::string_view split,
                                           std::span<const PaintedPicture> pictures) {
    std::vector<Judgement> judgements(pictures.size());
    if (pictures.empty()) return judgements;
    std::vector<ClipEmbedding> looks;
    if (plan_->clip) {
        std::vector<Image> images;
        for (const auto& picture : pictures) images.push_back(picture.image);
        looks = plan_->clip->images(images);
    }
    double weights = 0.0;
    for (const auto& [score, weight] : plan_->settings.scores) weights += weight;
    said_.clear();
    for (const auto& [score, weight] : plan_->settings.scores) {
        const auto values = valuesOf(score, set, split, pictures, looks);
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            judgements[i].score += weight / weights * values[i];
            judgements[i].words +=
                fmt::format("{}{} {:.3f}", judgements[i].words.empty() ? "" : ", ", nameOf(score), values[i]);
        }
    }
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        judgements[i].score = std::clamp(judgements[i].score, 0.0, 1.0);
        if (!said_.empty() && !said_[i].empty()) judgements[i].words += '\n' + said_[i];
    }
    return judgements;
}

std::vector<double> PictureJudge::valuesOf(PictureScore score, const PicturePlan::Set& set, std::string_view split,
                                           std::span<const PaintedPicture> pictures,
                                           std::span<const ClipEmbedding> looks) {
    if (score == PictureScore::Command) return asked(set, split, pictures);
    const auto& others = score == PictureScore::ImageSimilarity ? set.photos : set.texts;
    std::vector<double> values;
    for (std::size_t i = 0; i < pictures.size(); ++i) values.push_back(shareOf(looks[i], others[pictures[i].caption]));
    return values;
}

std::vector<double> PictureJudge::asked(const PicturePlan::Set& set, std::string_view split,
                                        std::span<const PaintedPicture> pictures) {
    using Json = nlohmann::json;
    std::vector<std::string> samples;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const auto& [index, seed, image] = pictures[i];
        const auto& caption = set.captions[index];
        const auto file = scratch_->path() / fmt::format("{}.png", i);
        writePng(file, image);
        Json sample{{"index", index}, {"caption", caption.text}, {"image", file.string()}, {"seed", seed}};
        if (!caption.reference.empty()) sample["reference"] = std::filesystem::absolute(caption.reference).string();
        samples.push_back(sample.dump(-1, ' ', false, Json::error_handler_t::replace));
    }
    auto reply = program_->ask({.checkpoint = scratch_->path(), .model = model_, .split = split, .samples = samples});
    said_ = std::move(reply.texts);
    return {reply.scores.begin(), reply.scores.end()};
}

}  // namespace mergarium
