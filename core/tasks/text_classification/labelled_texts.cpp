#include "core/tasks/text_classification/labelled_texts.h"

#include "core/tasks/texts/text_reading.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <span>
#include <stdexcept>

namespace mergarium {

LabelledTexts::LabelledTexts(const TextClassificationSettings& chosen, const FounderSource& founder,
                             const Layout& layout)
    : settings(chosen), config(networkOf(founder, layout)), tokenizer(Tokenizer::open(founder.tokenizerFolder())) {
    if (config.labels.empty())
        throw std::runtime_error(fmt::format(
            "{}: it is a language model without a classifier (architectures in config.json); ask it with a task of "
            "another kind.",
            founder.base().path().string()));
    checkVocabulary(*tokenizer, config, founder);
    auto texts = readTexts(settings);
    samples = std::make_shared<const SampleSet>(samplesOf(texts));
    train = prepared(std::move(texts.train));
    test = prepared(std::move(texts.test));
}

std::size_t LabelledTexts::labelOf(const Question& text) const {
    const auto& name = text.reference;
    if (const auto found = std::ranges::find(config.labels, name); found != config.labels.end())
        return static_cast<std::size_t>(found - config.labels.begin());
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && end == name.data() + name.size() && number < config.labels.size()) return number;
    constexpr std::size_t kShown = 20;
    const auto shown = std::span(config.labels).first(std::min(kShown, config.labels.size()));
    throw std::runtime_error(fmt::format("{}: the label '{}' is none of the model's: {}{}.", text.place, name,
                                         fmt::join(shown, ", "), shown.size() < config.labels.size() ? ", ..." : ""));
}

LabelledTexts::Set LabelledTexts::prepared(std::vector<Question> texts) const {
    Set set{.texts = std::move(texts), .tokens = {}, .right = {}, .batches = {}};
    for (const auto& text : set.texts) {
        set.right.push_back(labelOf(text));
        auto tokens = tokenizer->encode(text.prompt, SpecialTokens::Add);
        if (tokens.empty()) throw std::runtime_error(fmt::format("{}: the text has no tokens.", text.place));
        if (static_cast<std::int64_t>(tokens.size()) > config.context)
            throw std::runtime_error(fmt::format("{}: {} tokens are more than the model's context of {}.", text.place,
                                                 tokens.size(), config.context));
        set.tokens.push_back(std::move(tokens));
    }
    set.batches = batchesOf(set.texts, set.tokens, settings.batch);
    return set;
}

}  // namespace mergarium
