#pragma once

#include "core/fields/value.h"

#include <string>
#include <string_view>

namespace mergarium {

/// Reads one YAML document; aliases become copies. Throws ConfigurationError naming `source` and the line: for what is
/// no YAML, keys that are no scalars or stand twice in their map, more than 100 levels, or more than a million values.
Value parseYaml(std::string_view yaml, std::string_view source);

/// The value as a document, ending with a line's end; `parseYaml` reads the same value from it.
std::string toYaml(const Value& value);

/// On one line: "{a: 1, b: [2, 3]}".
std::string toInlineYaml(const Value& value);

/// The comment at the head of a file, without its marks, as one line.
std::string headingOf(std::string_view yaml);

}  // namespace mergarium
