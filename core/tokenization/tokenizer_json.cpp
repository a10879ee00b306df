#include "core/files/json.h"
#include "core/tokenization/models/bpe_model.h"
#include "core/tokenization/models/unigram_model.h"
#include "core/tokenization/models/word_level_model.h"
#include "core/tokenization/tokenizer_configuration.h"
#include "core/tokenization/tokenizer_parts.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace mergarium::text {
namespace {

std::unique_ptr<const TokenModel> readModel(const Component& component) {
    // The oldest files leave out the type; BPE is the only one with merges, Unigram the only one with a list.
    const bool named = component.has("type");
    const bool listed = !named && component.has("vocab") && component.at("vocab").value().is_array();
    const auto type = listed ? "Unigram" : !named && component.has("merges") ? "BPE" : component.type();
    if (type == "BPE") return std::make_unique<BpeModel>(component);
    if (type == "WordLevel") return std::make_unique<WordLevelModel>(component);
    if (type == "Unigram") return std::make_unique<UnigramModel>(component);
    component.refuseType();
}

std::vector<AddedToken> readAddedTokens(const Component& document) {
    std::vector<AddedToken> tokens;
    if (!document.has("added_tokens")) return tokens;
    for (const auto& entry : document.list("added_tokens")) {
        entry.allow({"id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"});
        const bool special = entry.flag("special", false);
        tokens.push_back({.content = entry.text("content"),
                          .singleWord = entry.flag("single_word", false),
                          .leftStrip = entry.flag("lstrip", false),
                          .rightStrip = entry.flag("rstrip", false),
                          .normalized = entry.flag("normalized", !special),
                          .special = special});
    }
    return tokens;
}

}  // namespace

TokenizerParts readTokenizerJson(const std::filesystem::path& file) {
    return readTokenizerDocument(readJsonObject(file, kTokenizerJson), file);
}

TokenizerParts readTokenizerDocument(const nlohmann::json& json, const std::filesystem::path& file) {
    static const nlohmann::json absent;
    const Component document(json, file.string());
    // "truncation" and "padding" concern batches, which whoever runs the model handles.
    const auto component = [&](const char* key) {
        return document.has(key) ? document.at(key) : Component(absent, fmt::format("{}.{}", file.string(), key));
    };
    auto normalizer = readNormalizer(component("normalizer"));
    auto preTokenizer = readPreTokenizer(component("pre_tokenizer"));
    auto postProcessor = readPostProcessor(component("post_processor"));
    auto decoder = readDecoder(component("decoder"));
    auto model = readModel(document.at("model"));
    AddedTokens addedTokens(readAddedTokens(document), *model, normalizer);
    const auto ids = static_cast<std::int64_t>(std::max(model->largestIdPlusOne(), addedTokens.largestIdPlusOne()));
    for (const auto* side : {&postProcessor.before, &postProcessor.after})
        for (const auto id : *side)
            if (id >= ids) component("post_processor").refuse(fmt::format("there is no token with the id {}", id));
    const auto idOf = [&](std::string_view token) {
        const auto added = addedTokens.idOf(token);
        return added ? added : model->idOf(token);
    };
    placeBeginAndEnd(file, idOf, postProcessor);
    return {.addedTokens = std::move(addedTokens),
            .normalizer = std::move(normalizer),
            .preTokenizer = std::move(preTokenizer),
            .model = std::move(model),
            .postProcessor = std::move(postProcessor),
            .decoder = std::move(decoder)};
}

}  // namespace mergarium::text
