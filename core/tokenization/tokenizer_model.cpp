#include "core/files/excerpt.h"
#include "core/tokenization/sentence_piece_model.h"
#include "core/tokenization/tokenizer_configuration.h"
#include "core/tokenization/tokenizer_parts.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <stdexcept>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mergarium::text {
namespace {

/// Tokens in order, of which one that comes again takes the place at the end.
class TokenList {
public:
    void put(AddedToken token) {
        const auto [place, isNew] = places_.try_emplace(token.content, tokens_.size());
        if (!isNew) tokens_[std::exchange(place->second, tokens_.size())].content.clear();
        tokens_.push_back(std::move(token));
    }
    bool contains(const std::string& name) const { return places_.contains(name); }
    std::vector<AddedToken> take() && {
        std::erase_if(tokens_, [](const AddedToken& token) { return token.content.empty(); });
        return std::move(tokens_);
    }

private:
    std::vector<AddedToken> tokens_;
    std::unordered_map<std::string, std::size_t> places_;
};

std::int32_t requiredId(const AddedTokens& addedTokens, const TokenModel& model, const Component& configuration,
                        const std::optional<std::string>& token, const char* key) {
    if (!token) configuration.refuse(fmt::format("'{}' is not given, and the model has none", key));
    auto id = addedTokens.idOf(*token);
    if (!id) id = model.idOf(*token);
    if (!id) configuration.refuse(fmt::format("the {} '{}' is not in the vocabulary", key, *token));
    return *id;
}

}  // namespace

TokenizerParts readTokenizerModel(const std::filesystem::path& file) {
    const auto configurationJson = readBeside(file, "tokenizer_config.json");
    const auto extraJson = readBeside(file, "added_tokens.json");
    const Component configuration(configurationJson, (file.parent_path() / "tokenizer_config.json").string());
    const Component extra(extraJson, (file.parent_path() / "added_tokens.json").string());

    auto model = readSentencePieceModel(file, configuration.flag("legacy", false));
    auto begin = tokenNamed(configuration, "bos_token");
    auto end = tokenNamed(configuration, "eos_token");
    if (!begin) begin = model->beginToken();
    if (!end) end = model->endToken();

    TokenList tokens;
    for (auto& name : model->controlTokens()) tokens.put({.content = std::move(name), .special = true});
    tokens.put({.content = model->unknownToken(), .special = false});
    for (const auto& [id, token] : addedBy(configuration, extra)) {
        // A token the model has keeps the model's id, which must be the one the folder means.
        const auto known = model->idOf(token.content);
        if (known ? *known != id : id < static_cast<std::int32_t>(model->size()))
            configuration.refuse(fmt::format("the added token '{}' has the id {}, which is another one in the model",
                                             excerptOf(token.content), id));
        tokens.put(token);
    }
    for (const char* key : {"bos_token", "eos_token", "unk_token", "pad_token"}) {
        const auto name = tokenNamed(configuration, key);
        if (name && (model->idOf(*name) || tokens.contains(*name))) tokens.put({.content = *name, .special = true});
    }
    AddedTokens addedTokens(std::move(tokens).take(), *model, {});

    PostProcessor postProcessor;
    if (configuration.flag("add_bos_token", begin.has_value()))
        postProcessor.before = {requiredId(addedTokens, *model, configuration, begin, "bos_token")};
    if (configuration.flag("add_eos_token", false))
        postProcessor.after = {requiredId(addedTokens, *model, configuration, end, "eos_token")};
    auto decoder = sentencePieceDecoder(
        configuration.flag("add_prefix_space", true) ? model->leadingSpaces() : LeadingSpaces::Stay,
        model->unknownToken(), model->unknownText());
    return {.addedTokens = std::move(addedTokens),
            .normalizer = {},
            .preTokenizer = {},
            .model = std::move(model),
            .postProcessor = std::move(postProcessor),
            .decoder = std::move(decoder)};
}

}  // namespace mergarium::text
