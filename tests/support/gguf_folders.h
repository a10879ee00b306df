#pragma once

#include "core/gguf/gguf_file.h"
#include "core/gguf/write_gguf.h"
#include "tests/support/tensor_files.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace mergarium::test {

/// A tokenizer.json of byte-level BPE with three tokens, as GPT-2 cuts texts.
inline nlohmann::json smallBytePairs() {
    return {
        {"version", "1.0"},
        {"added_tokens", nlohmann::json::array()},
        {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}}},
        {"decoder", {{"type", "ByteLevel"}}},
        {"model",
         {{"type", "BPE"}, {"vocab", {{"a", 0}, {"b", 1}, {"ab", 2}}}, {"merges", nlohmann::json::array({"a b"})}}}};
}

/// A model's folder that is being written, and the file that comes of it.
class GgufFolder {
public:
    GgufFolder() : folder_(std::filesystem::path(directory_.path().toStdString()) / "model") {}

    void write(const char* name, const std::string& text) const { folder_.writeFile(name, text); }
    void copy(const std::filesystem::path& file) const {
        std::filesystem::copy_file(file, folder_.path() / file.filename());
    }
    std::filesystem::path path() const { return folder_.path(); }
    const PendingFolder& pending() const { return folder_; }
    std::filesystem::path file() const { return path() / kGgufName; }

    /// What there is to know.
    std::vector<std::string> make(GgmlType type) const {
        std::filesystem::remove(file());
        return writeGguf(folder_, {.type = type, .name = "model", .threads = 2});
    }
    GgufFile made(GgmlType type) const {
        make(type);
        return GgufFile(file());
    }

private:
    QTemporaryDir directory_;
    PendingFolder folder_;
};

inline std::vector<float> valuesOf(const GgufFile& file, const GgufEntry& tensor) {
    std::vector<float> values(tensor.count());
    file.values(tensor, 0, values);
    return values;
}

/// Of a key; fails where there is none, or one of another type.
template <typename Value>
Value at(const GgufMetadata& metadata, const std::string& key) {
    const auto* value = metadata.find(key);
    if (!value) throw std::runtime_error("no key " + key);
    if (!std::holds_alternative<Value>(*value)) throw std::runtime_error("another type: " + key);
    return std::get<Value>(*value);
}
template <typename Value>
std::vector<Value> listAt(const GgufMetadata& metadata, const std::string& key) {
    return std::get<std::vector<Value>>(at<GgufList>(metadata, key));
}

}  // namespace mergarium::test
