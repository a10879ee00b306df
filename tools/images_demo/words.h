#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace mergarium::images_demo {

/// A CLIP tokenizer of bytes and some words, each of which is one token.
class Words {
public:
    /// Of small letters; single letters are tokens anyway.
    explicit Words(std::span<const std::string> words);

    /// How many tokens there are; the last two are the marks of a text's beginning and end.
    std::int64_t tokens() const { return static_cast<std::int64_t>(vocabulary_.size()); }
    /// A text of these words as CLIP reads it: 77 ids, padded with the mark of its end. Throws std::out_of_range for
    /// other words.
    std::vector<std::int32_t> encode(const std::string& text) const;
    /// vocab.json, merges.txt, tokenizer_config.json and special_tokens_map.json.
    void write(const std::filesystem::path& folder) const;

private:
    void add(const std::string& token);

    std::map<std::string, std::int32_t> vocabulary_;
    /// By id.
    std::vector<std::string> order_;
    std::string merges_;
};

}  // namespace mergarium::images_demo
