#include "core/gguf/vocabulary.h"

#include "core/files/beneath.h"
#include "core/files/json.h"
#include "core/files/refusal.h"
#include "core/tokenization/component.h"
#include "core/tokenization/tokenizer_configuration.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <unordered_map>

namespace mergarium {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMostPieces = 100'000'000;
/// More than any network has.
constexpr std::int32_t kMostTokens = 2'000'000;
/// SentencePiece's mark of a space.
constexpr std::string_view kSpace = "\u2581";

std::size_t idIn(const json& value, const fs::path& file) {
    const auto id = text::tokenId(value);
    if (!id || *id >= kMostTokens) refuse(file, "a token's id is no number that an embedding has a row for");
    return static_cast<std::size_t>(*id);
}

GgufToken& at(GgufVocabulary& vocabulary, std::size_t id) {
    if (id >= vocabulary.tokens.size()) vocabulary.tokens.resize(id + 1);
    return vocabulary.tokens[id];
}

std::string withSpaces(std::string text) {
    for (auto place = text.find(kSpace); place != text.npos; place = text.find(kSpace, place + 1))
        text.replace(place, kSpace.size(), " ");
    return text;
}

/// Some files don't say of their tokens that they are special.
bool looksSpecial(std::string_view text) {
    return text == "<pad>" || text == "<mask>" || (text.starts_with("<|") && text.ends_with("|>")) ||
           (text.starts_with("<unused") && text.ends_with('>'));
}

void setAdded(GgufVocabulary& vocabulary, std::size_t id, const std::string& text, bool isSpecial) {
    const bool special = isSpecial || looksSpecial(text);
    auto& token = at(vocabulary, id);
    // What the model has itself keeps its kind: <unk>, <s>, bytes.
    const bool isOwn = token.kind == GgufTokenKind::Unknown || token.kind == GgufTokenKind::Control ||
                       token.kind == GgufTokenKind::Byte;
    if (isOwn && token.text == text) return;
    token = {.text = special ? text : withSpaces(text),
             .score = -1000.0F,
             .kind = special ? GgufTokenKind::Control : GgufTokenKind::UserDefined};
}

void addAdded(GgufVocabulary& vocabulary, const json& tokenizer, const fs::path& file) {
    const auto found = tokenizer.find("added_tokens");
    if (found == tokenizer.end() || found->is_null()) return;
    if (!found->is_array()) refuse(file, "added_tokens is no list");
    for (const auto& token : *found) {
        if (!token.is_object() || !token.contains("id") || !token.contains("content") || !token["content"].is_string())
            refuse(file, "added_tokens has an entry without an id and a content");
        const auto special = token.find("special");
        setAdded(vocabulary, idIn(token["id"], file), token["content"].get<std::string>(),
                 special != token.end() && special->is_boolean() && special->get<bool>());
    }
}

std::vector<std::string> mergesOf(const json& model, const fs::path& file) {
    std::vector<std::string> merges;
    const auto found = model.find("merges");
    if (found == model.end() || !found->is_array()) refuse(file, "model.merges is no list");
    for (const auto& merge : *found) {
        if (merge.is_string()) {
            merges.push_back(merge.get<std::string>());
        } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
            const auto first = merge[0].get<std::string>(), second = merge[1].get<std::string>();
            // Where the file has lists, tokens may have spaces in them; a GGUF file has one between both.
            if (first.find(' ') != first.npos || second.find(' ') != second.npos)
                refuse(file, "model.merges joins tokens with spaces in them, which GGUF files can't say");
            merges.push_back(fmt::format("{} {}", first, second));
        } else {
            refuse(file, "model.merges has an entry that is no pair of tokens");
        }
    }
    return merges;
}

void addOwn(GgufVocabulary& vocabulary, const json& model, const fs::path& file) {
    const auto found = model.find("vocab");
    if (found == model.end() || !found->is_object()) refuse(file, "model.vocab is no map from tokens to ids");
    for (const auto& [token, id] : found->items())
        at(vocabulary, idIn(id, file)) = {.text = token, .score = 0.0F, .kind = GgufTokenKind::Normal};
}

/// The normalizer's steps by type; Prepend and Replace with what they write.
void normalizerSteps(const json& step, std::vector<std::string>& steps, int depth = 0) {
    if (step.is_null()) return;
    const auto textOf = [&](const char* key) {
        const auto found = step.find(key);
        return found != step.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    if (!step.is_object()) return steps.push_back("?");
    const auto type = textOf("type");
    if (type == "Sequence" && depth < 8 && step.contains("normalizers") && step["normalizers"].is_array()) {
        for (const auto& one : step["normalizers"]) normalizerSteps(one, steps, depth + 1);
    } else if (type == "Prepend") {
        steps.push_back("Prepend " + textOf("prepend"));
    } else if (type == "Replace" && step.contains("pattern") && step["pattern"] == json{{"String", " "}}) {
        steps.push_back("Replace " + textOf("content"));
    } else {
        steps.push_back(type);
    }
}

std::vector<std::string> normalizerSteps(const json& tokenizer) {
    std::vector<std::string> steps;
    if (const auto found = tokenizer.find("normalizer"); found != tokenizer.end()) normalizerSteps(*found, steps);
    return steps;
}

void readBytePairs(GgufVocabulary& vocabulary, const json& tokenizer, const fs::path& file, std::string_view family) {
    vocabulary.model = "gpt2";
    const auto pre = preTokenizerName(tokenizer, family);
    if (!pre)
        refuse(file,
               "llama.cpp doesn't know how this tokenizer cuts texts before it joins pairs (pre_tokenizer), so no "
               "GGUF file can be written of the model");
    vocabulary.pre = *pre;
    const auto steps = normalizerSteps(tokenizer);
    for (const auto& step : steps)
        if (step != "NFC")
            refuse(file, "its normalizer is none that llama.cpp has, so no GGUF file can be written of the model");
    if (!steps.empty()) vocabulary.notes.push_back("llama.cpp doesn't normalise texts (NFC) as this tokenizer does.");
    addOwn(vocabulary, tokenizer["model"], file);
    vocabulary.merges = mergesOf(tokenizer["model"], file);
    addAdded(vocabulary, tokenizer, file);
}

bool isByteToken(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    return text.size() == 6 && text.starts_with("<0x") && text.ends_with('>') &&
           kDigits.find(text[3]) != kDigits.npos && kDigits.find(text[4]) != kDigits.npos;
}

/// Whether a text gets a space in front; absent where the tokenizer does anything else to spaces.
std::optional<bool> spaceBefore(const json& tokenizer) {
    const auto mark = std::string(kSpace);
    const auto steps = normalizerSteps(tokenizer);
    const auto pre = tokenizer.find("pre_tokenizer");
    const auto isThere = pre != tokenizer.end() && pre->is_object();
    if (isThere && pre->value("type", json()) == "Metaspace") {
        if (!steps.empty()) return std::nullopt;
        if (const auto scheme = pre->find("prepend_scheme"); scheme != pre->end()) return *scheme != "never";
        const auto prefix = pre->find("add_prefix_space");
        return prefix == pre->end() || *prefix != false;
    }
    // Spaces are marks by then.
    if (isThere && pre->value("type", json()) != "Split") return std::nullopt;
    if (steps == std::vector{"Prepend " + mark, "Replace " + mark}) return true;
    if (steps == std::vector{"Replace " + mark}) return false;
    return std::nullopt;
}

/// SentencePiece joins pairs in the order of scores: here the order in which the list joins them first.
void scoreByMerges(GgufVocabulary& vocabulary, const std::vector<std::string>& merges, const fs::path& file) {
    std::unordered_map<std::string, float> scores;
    std::string last;
    for (const auto& merge : merges) {
        const auto space = merge.find(' ');
        auto joined = merge.substr(0, space) + (space == merge.npos ? "" : merge.substr(space + 1));
        if (joined == last) continue;
        if (!scores.emplace(joined, -static_cast<float>(scores.size())).second)
            refuse(file,
                   "it joins pairs in an order that no scores of SentencePiece have, so no GGUF file can be written "
                   "of the model without its tokenizer.model");
        last = std::move(joined);
    }
    for (auto& token : vocabulary.tokens)
        if (token.kind == GgufTokenKind::Normal) {
            const auto found = scores.find(token.text);
            token.score = found != scores.end() ? found->second : -static_cast<float>(scores.size());
        }
}

void readFallbackPairs(GgufVocabulary& vocabulary, const json& tokenizer, const fs::path& file) {
    vocabulary.model = "llama";
    vocabulary.pre = "default";
    vocabulary.spaceBefore = spaceBefore(tokenizer);
    if (!vocabulary.spaceBefore)
        refuse(file,
               "its normalizer and pre_tokenizer treat spaces otherwise than SentencePiece, so no GGUF file can be "
               "written of the model");
    const auto& model = tokenizer["model"];
    addOwn(vocabulary, model, file);
    scoreByMerges(vocabulary, mergesOf(model, file), file);
    const auto unknown = model.find("unk_token");
    for (auto& token : vocabulary.tokens) {
        if (isByteToken(token.text)) token = {.text = token.text, .score = 0.0F, .kind = GgufTokenKind::Byte};
        if (unknown != model.end() && unknown->is_string() && token.text == unknown->get<std::string>())
            token = {.text = token.text, .score = 0.0F, .kind = GgufTokenKind::Unknown};
    }
    addAdded(vocabulary, tokenizer, file);
}

void readPieces(GgufVocabulary& vocabulary, const fs::path& folder, const json* tokenizer) {
    const auto file = folder / "tokenizer.model";
    vocabulary = parseSentencePieces(readBeneath(file, kMostPieces), file.string());
    if (vocabulary.tokens.size() > static_cast<std::size_t>(kMostTokens)) refuse(file, "it has too many tokens");
    const auto configuration = text::readBeside(file, "tokenizer_config.json"),
               extra = text::readBeside(file, "added_tokens.json");
    for (const auto& [id, token] : text::addedBy({configuration, (folder / "tokenizer_config.json").string()},
                                                 {extra, (folder / "added_tokens.json").string()})) {
        if (id >= kMostTokens) refuse(file, "a token's id is no number that an embedding has a row for");
        setAdded(vocabulary, static_cast<std::size_t>(id), token.content, token.special);
    }
    if (tokenizer) addAdded(vocabulary, *tokenizer, folder / "tokenizer.json");
}

}  // namespace

std::optional<std::uint32_t> GgufVocabulary::idOf(std::string_view text) const {
    const auto found = std::ranges::find(tokens, text, &GgufToken::text);
    if (found == tokens.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - tokens.begin());
}

GgufVocabulary readGgufVocabulary(const fs::path& folder, std::string_view family) {
    const auto file = folder / "tokenizer.json";
    const bool hasPieces = fs::exists(folder / "tokenizer.model");
    GgufVocabulary vocabulary;
    if (!fs::exists(file)) {
        if (!hasPieces)
            refuse(folder,
                   "there is neither tokenizer.json nor tokenizer.model, and a GGUF file has its tokenizer in it");
        readPieces(vocabulary, folder, nullptr);
        return vocabulary;
    }
    const auto tokenizer = readJsonObject(file, kTokenizerJson);
    const auto model = tokenizer.find("model");
    if (model == tokenizer.end() || !model->is_object()) refuse(file, "model is no object");
    const auto type = model->find("type");
    if (type != model->end() && *type != "BPE")
        refuse(file, "its model is no BPE, which llama.cpp reads of language models");
    const auto fallback = model->find("byte_fallback");
    if (fallback == model->end() || *fallback != true)
        readBytePairs(vocabulary, tokenizer, file, family);
    else if (hasPieces)
        readPieces(vocabulary, folder, &tokenizer);
    else
        readFallbackPairs(vocabulary, tokenizer, file);
    return vocabulary;
}

}  // namespace mergarium
