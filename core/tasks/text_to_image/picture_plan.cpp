#include "core/tasks/text_to_image/picture_plan.h"

#include "core/diffusion/scheduler_names.h"
#include "core/founders/pipelines/pipeline_setup.h"
#include "core/tasks/text_to_image/text_to_image_kind.h"
#include "core/tokenization/clip/prompt_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace mergarium {
namespace {

PromptReader readerOf(const std::filesystem::path& folder, std::int64_t positions) {
    return [tokenizer = PromptTokenizer::open(folder),
            positions = static_cast<std::size_t>(positions)](std::string_view prompt) {
        auto tokens = tokenizer.encode(prompt, positions);
        const bool cut = tokens.isCut();
        return PromptIds{.ids = std::move(tokens.ids), .cut = cut};
    };
}

/// The same for a pipeline's text encoder, whose rows the tokenizer must not exceed.
PromptReader readerOf(const std::filesystem::path& folder, const ClipTextConfig& encoder) {
    const auto tokens = PromptTokenizer::open(folder).tokenizer().vocabularySize();
    if (tokens > static_cast<std::size_t>(encoder.vocabulary))
        throw std::runtime_error(
            fmt::format("{}: the tokenizer has {} tokens, the text encoder {} rows for them (config.json, vocab_size): "
                        "the tokenizer is another model's.",
                        folder.string(), tokens, encoder.vocabulary));
    return readerOf(folder, encoder.positions);
}

/// Configurations and tokenizers of the models: the first founder's, and those of a folder where it is a single file.
PipelineSetup setupOf(const TextToImageSettings& settings, std::span<const FounderSourcePtr> founders) {
    const auto like = settings.pipeline.empty() ? pipelineFolderOf(founders) : settings.pipeline;
    auto setup = pipelineSetupOf(*founders.front(), like);
    if (setup.folder.empty())
        throw std::runtime_error(fmt::format(
            "{}: a single file has no tokenizers: name the folder of a pipeline of the same architecture in "
            "task.pipeline.",
            founders.front()->base().path().string()));
    return setup;
}

}  // namespace

PicturePlan::PicturePlan(const TextToImageSettings& chosen, std::span<const FounderSourcePtr> founders,
                         torch::Device device)
    : settings(chosen) {
    requireScorers(settings);
    const auto setup = setupOf(settings, founders);
    config = setup.config;
    if (!settings.scheduler.empty()) {
        try {
            scheduler_ = schedulerNamed(settings.scheduler, config.scheduler);
        } catch (const std::runtime_error& error) {
            throw std::runtime_error(fmt::format("task.scheduler: {}", error.what()));
        }
    }
    checkSize();
    for (std::size_t i = 0; i < config.textEncoders.size(); ++i)
        readers_.push_back(readerOf(setup.folder / (i == 0 ? "tokenizer" : "tokenizer_2"), config.textEncoders[i]));
    auto captions = readCaptions(settings);
    // CLIP is large, and the captions may be wrong.
    if (settings.has(PictureScore::ImageSimilarity) || settings.has(PictureScore::TextSimilarity))
        clip = std::make_shared<const SharedClip>(
            ClipScorer(settings.clip, readerOf(settings.clip, PromptTokenizer::kPositions), device));
    std::vector<ClipEmbedding> photos;
    const bool compared = settings.has(PictureScore::ImageSimilarity);
    samples = std::make_shared<const SampleSet>(samplesOf(captions, [&](std::size_t, const Image& photo) {
        if (compared) photos.push_back(clip->images({&photo, 1}).front());
    }));
    train = prepared(std::move(captions.train));
    train.photos = std::move(photos);
    test = prepared(std::move(captions.test));
    if (compared)
        for (const auto& caption : test.captions) {
            const auto photo = readReference(caption);
            test.photos.push_back(clip->images({&photo, 1}).front());
        }
    caution = cutCaptions();
    for (const auto& sentence : setup.assumed)
        caution = inSequence(caution, fmt::format("{}: {}.", founders.front()->name(), sentence));
}

PicturePlan::Set PicturePlan::prepared(std::vector<Caption> captions) const {
    Set set{.captions = std::move(captions), .texts = {}, .photos = {}, .batches = {}};
    if (settings.has(PictureScore::TextSimilarity)) {
        std::vector<std::string> texts;
        std::ranges::transform(set.captions, std::back_inserter(texts), &Caption::text);
        set.texts = clip->texts(texts);
    }
    const auto together = std::max<std::uint64_t>(1, settings.batch / settings.seeds);
    for (std::uint32_t i = 0; i < set.captions.size(); ++i) {
        // Those of one file, on which a child is often lost.
        const bool begins = set.batches.empty() || set.batches.back().size() == together ||
                            set.captions[set.batches.back().front()].file != set.captions[i].file;
        if (begins) set.batches.emplace_back();
        set.batches.back().push_back(i);
    }
    return set;
}

void PicturePlan::checkSize() const {
    const auto factor = static_cast<std::uint64_t>(config.vae.factor());
    for (const auto& [key, pixels] : {std::pair("width", settings.width), {"height", settings.height}})
        if (pixels % factor != 0)
            throw std::runtime_error(
                fmt::format("task.{}: {} is no multiple of {}, in which this model paints.", key, pixels, factor));
}

std::string PicturePlan::cutCaptions() const {
    std::size_t cut = 0;
    const Caption* first = nullptr;
    for (const auto* set : {&train, &test})
        for (const auto& caption : set->captions) {
            if (std::ranges::none_of(readers_, [&](const auto& reader) { return reader(caption.text).cut; })) continue;
            if (cut++ == 0) first = &caption;
        }
    const auto most = config.textEncoders.front().positions;
    if (cut == 0) return {};
    return fmt::format(
        "{} {} more than the {} tokens that this model reads, beginning and end included; what is behind is left out "
        "({}).",
        cut == 1 ? "One caption" : fmt::format("{} captions", cut), cut == 1 ? "has" : "have", most, first->place);
}

PictureRequest PicturePlan::request(const Caption& caption, std::uint64_t seed) const {
    PictureRequest request;
    request.prompt = caption.text;
    if (!settings.negative.empty()) request.negative = settings.negative;
    request.steps = static_cast<std::int64_t>(settings.steps);
    request.guidance = settings.guidance;
    request.width = static_cast<std::int64_t>(settings.width);
    request.height = static_cast<std::int64_t>(settings.height);
    request.scheduler = scheduler_;
    request.seed = seed;
    return request;
}

}  // namespace mergarium
