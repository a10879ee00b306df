#pragma once

#include "core/tokenization/tokenizer.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Tokenizers as tests need them: tokenizer.json documents put together, and what comes of opening them.
namespace mergarium::test {

using Json = nlohmann::json;
using Ids = std::vector<std::int32_t>;
using Tokens = std::vector<std::string>;

/// A folder with one file or two, as long as it lives.
class Folder {
public:
    Folder() = default;
    Folder(const char* name, const std::string& content) { write(name, content); }
    void write(const char* name, const std::string& content) {
        std::ofstream(path() / name, std::ios::binary) << content;
    }
    std::filesystem::path path() const { return directory_.path().toStdString(); }

private:
    QTemporaryDir directory_;
};

inline std::shared_ptr<const Tokenizer> opened(const Json& tokenizer) {
    return Tokenizer::open(Folder("tokenizer.json", tokenizer.dump()).path());
}

inline std::string refusal(const std::filesystem::path& folder) {
    try {
        Tokenizer::open(folder);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "accepted";
}

inline std::string refusal(const Json& tokenizer) { return refusal(Folder("tokenizer.json", tokenizer.dump()).path()); }

inline Tokens tokensOf(const Tokenizer& tokenizer, std::string_view text,
                       SpecialTokens special = SpecialTokens::Leave) {
    Tokens tokens;
    for (const auto id : tokenizer.encode(text, special)) tokens.push_back(tokenizer.tokenOf(id));
    return tokens;
}

inline Tokens tokensOf(const Json& tokenizer, std::string_view text, SpecialTokens special = SpecialTokens::Leave) {
    return tokensOf(*opened(tokenizer), text, special);
}

/// A model of these tokens, numbered in order, and merges like "a b".
inline Json bpe(const Tokens& vocabulary, const Tokens& merges = {}, Json options = Json::object()) {
    options.update({{"type", "BPE"}, {"vocab", Json::object()}, {"merges", merges}});
    for (const auto& token : vocabulary) options["vocab"][token] = options["vocab"].size();
    return {{"model", options}};
}

inline Json with(Json tokenizer, const char* key, Json component) {
    tokenizer[key] = std::move(component);
    return tokenizer;
}

inline Json withAdded(Json tokenizer, const std::vector<Json>& tokens) {
    for (auto token : tokens) {
        for (const char* flag : {"single_word", "lstrip", "rstrip", "normalized", "special"})
            if (!token.contains(flag)) token[flag] = false;
        token["id"] = 0;
        tokenizer["added_tokens"].push_back(token);
    }
    return tokenizer;
}

/// A token for every one of these characters, and two words.
inline Json letters() {
    Tokens tokens;
    for (const char letter : std::string_view(" abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,'!-\n"))
        tokens.emplace_back(1, letter);
    for (const char* token : {"\u2581", "\u00e9", "\u0120", "\u010a"}) tokens.emplace_back(token);
    return bpe(tokens);
}

inline Json splitAt(const char* expression, const char* behavior = "Isolated", bool invert = false) {
    return {{"type", "Split"}, {"pattern", {{"Regex", expression}}}, {"behavior", behavior}, {"invert", invert}};
}

}  // namespace mergarium::test
