#include "core/tokenization/clip/prompt_tokenizer.h"

#include "core/tokenization/tokenizer_configuration.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace mergarium {

PromptTokenizer PromptTokenizer::open(const std::filesystem::path& folder) {
    auto tokenizer = Tokenizer::open(folder);
    const auto edges = tokenizer->encode("", SpecialTokens::Add);
    if (edges.size() != 2)
        throw std::runtime_error(
            fmt::format("{}: this is not CLIP's tokenizer, which puts one token before a text and one behind it.",
                        folder.string()));
    auto pad = edges.back();
    for (const char* name : {"tokenizer_config.json", "special_tokens_map.json"}) {
        const auto json = text::readBeside(folder / "tokenizer.json", name);
        const text::Component configuration(json, (folder / name).string());
        const auto token = text::tokenNamed(configuration, "pad_token");
        if (!token) continue;
        const auto id = tokenizer->idOf(*token);
        if (!id) configuration.refuse(fmt::format("the pad_token '{}' is not in the vocabulary", *token));
        pad = *id;
        break;
    }
    return {std::move(tokenizer), edges.back(), pad};
}

PromptTokens PromptTokenizer::encode(std::string_view prompt, std::size_t positions) const {
    PromptTokens tokens{.ids = tokenizer_->encode(prompt, SpecialTokens::Add)};
    tokens.tokens = tokens.ids.size();
    tokens.ids.resize(positions, pad_);
    if (tokens.isCut()) tokens.ids.back() = end_;
    return tokens;
}

}  // namespace mergarium
