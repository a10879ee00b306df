#include "core/tasks/text_to_image/text_to_image_task.h"

#include "core/images/encode_image.h"
#include "core/progress/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace mergarium {

TextToImageTask::TextToImageTask(std::shared_ptr<const PicturePlan> plan, const Founders& founders,
                                 const ScoringDevice& device, const std::atomic<bool>* abandon)
    : plan_(std::move(plan)),
      pipeline_(plan_->config, founders.layout(), device.torch, plan_->readers()),
      loader_(founders, pipeline_.flat(), device),
      judge_(plan_, abandon),
      answers_(plan_->train.captions.size()),
      pictures_(plan_->train.captions.size()) {}

void TextToImageTask::load(const Genome& genome) {
    loader_.load(genome);
    judge_.nextModel();
    std::ranges::fill(answers_, std::string());
    std::ranges::fill(pictures_, EncodedPicture());
}

std::optional<std::vector<TextToImageTask::Painted>> TextToImageTask::paint(const PicturePlan::Set& set,
                                                                            std::string_view split,
                                                                            std::span<const std::uint32_t> captions,
                                                                            const std::atomic<bool>* abandon) {
    const auto& settings = plan_->settings;
    std::vector<PictureRequest> requests;
    for (const auto caption : captions)
        for (std::uint64_t seed = 0; seed < settings.seeds; ++seed)
            requests.push_back(plan_->request(set.captions[caption], settings.firstSeed + seed));
    std::vector<MadePicture> made;
    try {
        made =
            pipeline_.make(requests, {.batch = static_cast<std::size_t>(settings.batch),
                                      .progress = [&](std::uint64_t, std::uint64_t) { return !abandon || !*abandon; }});
    } catch (const Cancelled&) {
        return std::nullopt;
    } catch (const std::invalid_argument& error) {
        throw std::runtime_error(error.what());
    } catch (const std::bad_alloc&) {
        throw EvaluationFailure("There is not enough memory for these pictures: make them smaller, or fewer at once.");
    } catch (const std::runtime_error& error) {
        // The pipeline's own sentence; any other is no matter of this model.
        if (std::string_view(error.what()).find("more memory than there is") == std::string_view::npos) throw;
        throw EvaluationFailure(error.what());
    }
    std::vector<PaintedPicture> finite;
    for (std::size_t i = 0; i < made.size(); ++i)
        if (made[i].finite)
            finite.push_back(
                {.caption = captions[i / settings.seeds], .seed = requests[i].seed, .image = std::move(made[i].image)});
    const auto judgements = judge_.judge(set, split, finite);

    std::vector<Painted> painted(captions.size());
    std::size_t at = 0;
    for (std::size_t i = 0; i < captions.size(); ++i) {
        auto& one = painted[i];
        std::uint64_t pictures = 0;
        for (std::size_t k = i * settings.seeds; k < (i + 1) * settings.seeds; ++k) {
            one.cut = one.cut || made[k].promptCut;
            if (!made[k].finite) continue;
            if (pictures++ == 0) one.thumbnail = thumbnailOf(finite[at].image);
            one.score += judgements[at].score / static_cast<double>(settings.seeds);
            one.words += (one.words.empty() ? "" : "\n") + judgements[at++].words;
        }
        if (const auto lost = settings.seeds - pictures; lost > 0)
            one.words +=
                fmt::format("{}{} of {} pictures {} none, since the model computes numbers that are not finite",
                            one.words.empty() ? "" : "\n", lost, settings.seeds, lost == 1 ? "is" : "are");
    }
    return painted;
}

void TextToImageTask::scoreBatch(std::size_t index, std::span<float> scores) {
    const auto& captions = plan_->train.batches[index];
    auto painted = *paint(plan_->train, "train", captions, nullptr);
    for (std::size_t i = 0; i < captions.size(); ++i) {
        scores[captions[i]] = static_cast<float>(painted[i].score);
        answers_[captions[i]] = std::move(painted[i].words);
        pictures_[captions[i]] = std::move(painted[i].thumbnail);
    }
}

std::optional<std::vector<Attempt>> TextToImageTask::attempt(std::span<const std::uint32_t> samples,
                                                             const std::atomic<bool>& abandon) {
    auto attempts = attemptsAt(samples, *plan_->samples);
    for (auto& attempt : attempts) {
        auto painted = paint(plan_->train, "train", {&attempt.sample, 1}, &abandon);
        if (!painted) return std::nullopt;
        auto& one = painted->front();
        attempt.score = static_cast<float>(one.score);
        attempt.prompt.push_back({.text = plan_->train.captions[attempt.sample].text});
        attempt.answer = std::move(one.words);
        attempt.picture = std::move(one.thumbnail);
        if (one.cut)
            attempt.doubt = fmt::format("The caption has more than the {} tokens that the model reads: shorten it.",
                                        plan_->config.textEncoders.front().positions);
    }
    return attempts;
}

std::optional<double> TextToImageTask::testScore(const std::atomic<bool>* abandon) {
    const auto& test = plan_->test;
    if (test.captions.empty()) return std::nullopt;
    double total = 0.0;
    for (const auto& batch : test.batches) {
        const auto painted = paint(test, "test", batch, abandon);
        if (!painted) return std::nullopt;
        for (const auto& one : *painted) total += one.score;
    }
    return total / static_cast<double>(test.captions.size());
}

}  // namespace mergarium
