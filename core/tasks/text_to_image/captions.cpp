#include "core/tasks/text_to_image/captions.h"

#include "core/files/fingerprint.h"
#include "core/images/read_image.h"
#include "core/images/resize.h"
#include "core/tasks/texts/question_set.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <span>
#include <stdexcept>

namespace mergarium {
namespace {

/// Of a thumbnail, unless all of them would take more than that.
constexpr std::size_t kSide = 128;
constexpr std::size_t kThumbnailMemory = 256 << 20;

bool needsReferences(const TextToImageSettings& settings) { return settings.has(PictureScore::ImageSimilarity); }

Question captionOf(const TextToImageSettings& settings, const nlohmann::json& fields) {
    Question question{.prompt = textOf(fields, "caption"), .reference = {}, .choices = {}, .place = {}};
    if (question.prompt.empty()) throw std::invalid_argument("the caption is empty.");
    if (needsReferences(settings) || (fields.contains("image") && !fields["image"].is_null()))
        question.reference = textOf(fields, "image");
    if (needsReferences(settings) && question.reference.empty())
        throw std::invalid_argument("the field 'image' names no reference photo, which image-similarity needs.");
    return question;
}

std::vector<Caption> captionsOf(std::vector<Question> questions, const std::vector<std::filesystem::path>& folders) {
    std::vector<Caption> captions;
    for (auto& question : questions) {
        Caption caption{.text = std::move(question.prompt),
                        .reference = {},
                        .referenceName = std::move(question.reference),
                        .file = question.file,
                        .place = std::move(question.place)};
        if (!caption.referenceName.empty()) {
            caption.reference = folders[caption.file] / caption.referenceName;
            std::error_code error;
            if (!std::filesystem::exists(caption.reference, error))
                throw std::runtime_error(fmt::format("{}: there is no picture {}.", caption.place,
                                                     caption.reference.lexically_normal().string()));
        }
        captions.push_back(std::move(caption));
    }
    return captions;
}

/// A picture that fills a square of this side as far as its shape allows, in the middle and on grey, which neither
/// theme is.
void drawInto(std::span<std::uint8_t> square, std::size_t side, const Image& image) {
    std::ranges::fill(square, std::uint8_t{128});
    const auto longer = std::max(image.width, image.height);
    const auto scaled = [&](std::size_t one) { return std::max<std::size_t>(1, (one * side + longer / 2) / longer); };
    const auto small = resized(image, scaled(image.width), scaled(image.height));
    const auto left = (side - small.width) / 2, top = (side - small.height) / 2;
    for (std::size_t y = 0; y < small.height; ++y)
        std::copy_n(small.pixels.begin() + static_cast<std::ptrdiff_t>(3 * y * small.width), 3 * small.width,
                    square.begin() + static_cast<std::ptrdiff_t>(3 * ((top + y) * side + left)));
}

}  // namespace

Captions readCaptions(const TextToImageSettings& settings) {
    auto set =
        readQuestionSet(settings.files, [&](const nlohmann::json& fields) { return captionOf(settings, fields); });
    std::vector<std::filesystem::path> train, test;
    for (const auto& file : settings.files) {
        train.push_back(file.train.parent_path());
        test.push_back((file.test.empty() ? file.train : file.test).parent_path());
    }
    return {.files = std::move(set.files),
            .weights = std::move(set.weights),
            .train = captionsOf(std::move(set.train), train),
            .test = captionsOf(std::move(set.test), test)};
}

Image readReference(const Caption& caption) {
    try {
        return readImage(caption.reference);
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(fmt::format("{}: {}", caption.place, error.what()));
    }
}

SampleSet samplesOf(const Captions& captions, const OnReference& onReference) {
    SampleSet samples;
    samples.groupNoun = "file";
    samples.groupNames = captions.files;
    const bool weighted = std::ranges::any_of(captions.weights, [](double weight) { return weight != 1.0; });
    const bool photos = std::ranges::any_of(captions.train, [](const auto& one) { return !one.reference.empty(); });
    auto side = kSide;
    while (side > 8 && 3 * side * side * captions.train.size() > kThumbnailMemory) side /= 2;
    if (photos) {
        samples.pictureWidth = samples.pictureHeight = side;
        samples.pictureChannels = 3;
        samples.pixels.assign(3 * side * side * captions.train.size(), 128);
    }
    Fingerprint contents;
    for (std::size_t i = 0; i < captions.train.size(); ++i) {
        const auto& caption = captions.train[i];
        contents.add(caption.text);
        samples.groups.push_back(caption.file);
        samples.texts.push_back({caption.text, caption.referenceName});
        if (weighted) samples.weights.push_back(captions.weights[caption.file]);
        if (caption.reference.empty()) continue;
        const auto photo = readReference(caption);
        contents.add(std::uint64_t{photo.width});
        contents.add(std::as_bytes(std::span(photo.pixels)));
        drawInto(std::span(samples.pixels).subspan(3 * side * side * i, 3 * side * side), side, photo);
        if (onReference) onReference(i, photo);
    }
    samples.hash = contents.hex();
    return samples;
}

}  // namespace mergarium
