#include "core/files/beneath.h"
#include "core/files/json.h"
#include "core/tokenization/tokenizer_configuration.h"
#include "core/tokenization/tokenizer_parts.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace mergarium::text {
namespace {

using Json = nlohmann::json;

/// CLIP's has half a megabyte.
constexpr std::size_t kMergesBytes = 16 << 20;
constexpr const char* kBegin = "<|startoftext|>";
constexpr const char* kEnd = "<|endoftext|>";
/// Contractions, words, single digits and runs of other marks, as CLIP's authors cut texts.
constexpr const char* kWords =
    R"(<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)";

/// Its lines, but for the first where that says the version.
Json mergesIn(const std::filesystem::path& file) {
    const auto text = readBeneath(file, kMergesBytes);
    auto merges = Json::array();
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find('\n', begin), text.size());
        auto line = std::string_view(text).substr(begin, end - begin);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const bool version = begin == 0 && line.starts_with("#version");
        if (!line.empty() && !version) merges.push_back(line);
        begin = end + 1;
    }
    return merges;
}

/// Every special token is looked for in the text as it was written.
Json addedToken(const AddedToken& token) {
    return {{"content", token.content},   {"single_word", token.singleWord}, {"lstrip", token.leftStrip},
            {"rstrip", token.rightStrip}, {"normalized", token.normalized},  {"special", token.special}};
}

}  // namespace

TokenizerParts readClipFiles(const std::filesystem::path& vocabularyFile) {
    const auto folder = vocabularyFile.parent_path();
    const auto configurationJson = readBeside(vocabularyFile, "tokenizer_config.json");
    const auto mapJson = readBeside(vocabularyFile, "special_tokens_map.json");
    const auto extraJson = readBeside(vocabularyFile, "added_tokens.json");
    const Component configuration(configurationJson, (folder / "tokenizer_config.json").string());
    const Component map(mapJson, (folder / "special_tokens_map.json").string());
    const Component extra(extraJson, (folder / "added_tokens.json").string());
    const auto vocabularyJson = readJsonObject(vocabularyFile, kTokenizerJson);
    const auto named = configuration.optionalText("tokenizer_class");
    if (named ? !named->starts_with("CLIPTokenizer") : !vocabularyJson.contains(kBegin))
        Component(vocabularyJson, vocabularyFile.string())
            .refuse("a vocab.json with a merges.txt is read for CLIP alone; save the tokenizer as a tokenizer.json");

    const auto nameOf = [&](const char* key, const char* otherwise) {
        auto name = tokenNamed(configuration, key);
        if (!name) name = tokenNamed(map, key);
        return name.value_or(otherwise);
    };
    const auto begin = nameOf("bos_token", kBegin);
    const auto end = nameOf("eos_token", kEnd);
    const auto idOf = [&](const std::string& name) -> const Json& {
        if (!vocabularyJson.contains(name))
            Component(vocabularyJson, vocabularyFile.string())
                .refuse(fmt::format("'{}', which stands around a text, is not in the vocabulary", name));
        return vocabularyJson[name];
    };
    auto added = Json::array();
    for (const auto& [id, token] : addedBy(configuration, extra)) added.push_back(addedToken(token));
    for (const auto& name : {begin, end, nameOf("unk_token", kEnd), nameOf("pad_token", kEnd)}) {
        const auto isIt = [&](const Json& token) { return token["content"] == name; };
        if (std::ranges::none_of(added, isIt)) added.push_back(addedToken({.content = name, .special = true}));
    }

    const Json parts{
        {"added_tokens", added},
        {"normalizer",
         {{"type", "Sequence"},
          {"normalizers",
           {{{"type", "NFC"}},
            {{"type", "Replace"}, {"pattern", {{"Regex", R"(\s+)"}}}, {"content", " "}},
            {{"type", "Lowercase"}}}}}},
        {"pre_tokenizer",
         {{"type", "Sequence"},
          {"pretokenizers",
           {{{"type", "Split"}, {"pattern", {{"Regex", kWords}}}, {"behavior", "Removed"}, {"invert", true}},
            {{"type", "ByteLevel"}, {"add_prefix_space", false}}}}}},
        {"post_processor",
         {{"type", "RobertaProcessing"},
          {"sep", Json::array({end, idOf(end)})},
          {"cls", Json::array({begin, idOf(begin)})}}},
        {"decoder", {{"type", "ByteLevel"}}},
        {"model",
         {{"type", "BPE"},
          {"unk_token", nameOf("unk_token", kEnd)},
          {"end_of_word_suffix", "</w>"},
          {"vocab", vocabularyJson},
          {"merges", mergesIn(folder / "merges.txt")}}}};
    return readTokenizerDocument(parts, vocabularyFile);
}

}  // namespace mergarium::text
