#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mergarium {

/// What a JSON text may have at most.
struct JsonLimits {
    std::size_t bytes = 0;
    /// Of numbers, texts, truth values, nulls, lists and objects together; bounds the memory, some 150 bytes each.
    std::size_t values = 0;
    std::size_t depth = 100;
    /// Whether NaN, Infinity and -Infinity are numbers, as Python writes them.
    bool pythonNumbers = false;
};

/// A model's configuration, an adapter's, and the like: the largest ones name thousands of classes or tokens.
inline constexpr JsonLimits kSettingsJson{.bytes = 16'000'000, .values = 1'000'000, .pythonNumbers = true};
/// Of the shards of a model: a line per tensor.
inline constexpr JsonLimits kIndexJson{.bytes = 100'000'000, .values = 2'000'000};
/// A tokenizer.json: those with vocabularies of 260,000 tokens have 35 MB and two million values.
inline constexpr JsonLimits kTokenizerJson{.bytes = 100'000'000, .values = 4'000'000};

/// A text that is no JSON, or has more of something than it may. `what` begins in lower case and has no full stop.
class JsonError : public std::runtime_error {
public:
    JsonError(const std::string& what, std::size_t lineNumber, std::size_t byteNumber)
        : std::runtime_error(what), line(lineNumber), byte(byteNumber) {}
    /// From 1, and within the line, from 1.
    std::size_t line;
    std::size_t byte;
};

/// Reads one JSON value in UTF-8 without a byte order mark, in time and memory linear in its size. A key that an object
/// has twice is refused. Throws JsonError.
nlohmann::json parseJson(std::string_view text, const JsonLimits& limits);

/// The value in a file, which may begin with a byte order mark. Throws std::runtime_error with one sentence: "FILE,
/// line N, byte M: this is not valid JSON."
nlohmann::json readJson(const std::filesystem::path& path, const JsonLimits& limits);
/// Of a file in a model's folder (openBeneath), where it has to be an object.
nlohmann::json readJsonObject(const std::filesystem::path& path, const JsonLimits& limits);
/// With its keys in the order of the file.
nlohmann::ordered_json readOrderedJsonObject(const std::filesystem::path& path, const JsonLimits& limits);

/// Of a file in a model's folder, which may be anything but has the limits of settings.
nlohmann::json readSettings(const std::filesystem::path& path);
/// Indented by two, as Python's json writes it: numbers that are not finite as NaN, Infinity and -Infinity. What is no
/// UTF-8 is replaced.
std::string settingsText(const nlohmann::ordered_json& value);

}  // namespace mergarium
