#include "tools/images_demo/words.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace mergarium::images_demo {
namespace {

constexpr const char* kBegin = "<|startoftext|>";
constexpr const char* kEnd = "<|endoftext|>";
constexpr const char* kWordEnd = "</w>";

/// The characters that stand for bytes in vocabularies of GPT-2 and CLIP: printable ones for themselves, then the others
/// from U+0100 on.
std::vector<std::string> byteCharacters() {
    const auto utf8 = [](unsigned point) {
        if (point < 0x80) return std::string(1, static_cast<char>(point));
        return std::string{static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 0x3F))};
    };
    const auto isPrintable = [](unsigned byte) {
        return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    };
    std::vector<std::string> characters;
    for (unsigned byte = 0; byte < 256; ++byte)
        if (isPrintable(byte)) characters.push_back(utf8(byte));
    for (unsigned byte = 0, next = 0x100; byte < 256; ++byte)
        if (!isPrintable(byte)) characters.push_back(utf8(next++));
    return characters;
}

void writeText(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file.exceptions(std::ios::failbit | std::ios::badbit);
    file << text;
}

}  // namespace

void Words::add(const std::string& token) {
    if (vocabulary_.emplace(token, static_cast<std::int32_t>(order_.size())).second) order_.push_back(token);
}

Words::Words(std::span<const std::string> words) : merges_("#version: 0.2\n") {
    for (const auto& character : byteCharacters()) add(character);
    for (const auto& character : byteCharacters()) add(character + kWordEnd);
    // Each word grows from its first letter on.
    for (const auto& word : words) {
        std::string grown = word.substr(0, 1);
        for (std::size_t i = 1; i < word.size(); ++i) {
            const auto next = word.substr(i, 1) + (i + 1 == word.size() ? kWordEnd : "");
            if (!vocabulary_.contains(grown + next)) merges_ += grown + " " + next + "\n";
            grown += next;
            add(grown);
        }
    }
    add(kBegin);
    add(kEnd);
}

std::vector<std::int32_t> Words::encode(const std::string& text) const {
    constexpr std::size_t kPositions = 77;
    std::vector<std::int32_t> ids{vocabulary_.at(kBegin)};
    std::istringstream words(text);
    for (std::string word; words >> word;) ids.push_back(vocabulary_.at(word + kWordEnd));
    ids.resize(kPositions, vocabulary_.at(kEnd));
    return ids;
}

void Words::write(const std::filesystem::path& folder) const {
    nlohmann::ordered_json vocabulary;
    for (std::size_t id = 0; id < order_.size(); ++id) vocabulary[order_[id]] = id;
    std::filesystem::create_directories(folder);
    writeText(folder / "vocab.json", vocabulary.dump() + "\n");
    writeText(folder / "merges.txt", merges_);
    const nlohmann::ordered_json special = {
        {"bos_token", kBegin}, {"eos_token", kEnd}, {"pad_token", kEnd}, {"unk_token", kEnd}};
    auto configuration = special;
    configuration.update({{"add_prefix_space", false},
                          {"do_lower_case", true},
                          {"errors", "replace"},
                          {"model_max_length", 77},
                          {"tokenizer_class", "CLIPTokenizer"}});
    writeText(folder / "special_tokens_map.json", special.dump(2) + "\n");
    writeText(folder / "tokenizer_config.json", configuration.dump(2) + "\n");
}

}  // namespace mergarium::images_demo
