#pragma once

#include "core/fields/value.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace mergarium {

/// Reads one YAML document, which may be empty and is null then; aliases become copies. Throws ConfigurationError
/// naming `source` and the line: for what is no YAML, a second document, keys that are no scalars or stand twice in
/// their map, more than 100 levels, more than a million values, or aliases that copy more than 64 MB.
Value parseYaml(std::string_view yaml, std::string_view source);

/// What a file of settings may have: a run, a sweep. And a recipe, which may name a million numbers.
inline constexpr std::size_t kMostYaml = 4'000'000;
inline constexpr std::size_t kMostRecipeYaml = 32'000'000;

/// The text of a YAML file, without a byte order mark. Throws ConfigurationError with one sentence.
std::string readYamlText(const std::filesystem::path& path, std::size_t most = kMostYaml);

/// The value as a document, ending with a line's end; `parseYaml` reads the same value from it.
std::string toYaml(const Value& value);

/// On one line: "{a: 1, b: [2, 3]}".
std::string toInlineYaml(const Value& value);

/// The comment at the head of a file, without its marks, as one line.
std::string headingOf(std::string_view yaml);

}  // namespace mergarium
