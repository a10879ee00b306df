#include "core/tasks/text_to_image/text_to_image_kind.h"

#include "core/tasks/text_to_image/captions.h"
#include "core/text/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mergarium {

void requireScorers(const TextToImageSettings& settings) {
    if (settings.clip.empty())
        for (const auto score : {PictureScore::ImageSimilarity, PictureScore::TextSimilarity})
            if (settings.has(score))
                throw std::runtime_error(
                    fmt::format("task.clip: the score {} needs the folder of a CLIP model.", nameOf(score)));
    if (settings.has(PictureScore::Command) && settings.program.empty())
        throw std::runtime_error("task.program: the score command needs a program.");
}

TaskOutline outlineOf(const TextToImageSettings& settings, const TaskFolders&) {
    constexpr std::size_t kCaptions = 3;
    requireScorers(settings);
    const auto captions = readCaptions(settings);
    const auto photos = std::ranges::count_if(captions.train, [](const auto& one) { return !one.reference.empty(); }) +
                        std::ranges::count_if(captions.test, [](const auto& one) { return !one.reference.empty(); });
    const auto pictures = captions.train.size() * settings.seeds;
    const auto passes = pictures * settings.steps * (settings.guidance > 1.0 ? 2 : 1);
    TaskOutline outline{
        .facts = {{"Captions", fmt::format("{}, and {} held out", words::count(captions.train.size()),
                                           words::count(captions.test.size()))},
                  {"References", fmt::format("{} photos", words::count(static_cast<std::uint64_t>(photos)))},
                  {"Cost", fmt::format("{} pictures per model, {} passes through the U-Net", words::count(pictures),
                                       words::count(passes))}},
        .prompts = {},
        .samples = captions.train.size()};
    for (std::size_t i = 0; i < std::min(kCaptions, captions.train.size()); ++i)
        outline.prompts.push_back(captions.train[i].text);
    return outline;
}

SampleSet samplesOf(const TextToImageSettings& settings, const TaskFolders&) {
    return samplesOf(readCaptions(settings));
}

std::optional<Program> programOf(const TextToImageSettings& settings) {
    if (!settings.has(PictureScore::Command)) return std::nullopt;
    return Program{settings.program, settings.folder};
}

}  // namespace mergarium
