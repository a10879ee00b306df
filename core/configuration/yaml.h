#pragma once

#include "core/configuration/configuration.h"
#include "core/fields/field_reader.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// One `--set key=value`: a dotted key and a YAML value.
struct Override {
    std::string key;
    std::string value;
};

/// "strategy.ratio={beta: 0.3}" -> Override. Throws ConfigurationError.
Override parseOverride(std::string_view text);

/// Reads a run configuration. `source` is what messages call the text (a path); relative paths in it are relative to
/// `folder`. Unknown or repeated keys, keys of another kind of task or strategy, wrong types and impossible values
/// throw ConfigurationError, naming the key and its line.
RunConfiguration parseConfiguration(std::string_view yaml, std::string_view source,
                                    const std::vector<Override>& overrides = {},
                                    const std::filesystem::path& folder = {});
RunConfiguration readConfiguration(const std::filesystem::path& path, const std::vector<Override>& overrides = {});

/// Of a stored run, which may come from an earlier version: keys that another kind knows are passed over.
RunConfiguration parseStoredConfiguration(std::string_view yaml, std::string_view source);

/// Of a draft: values that can't be run are taken, too.
RunConfiguration parseDraftConfiguration(std::string_view yaml, std::string_view source);

/// The complete YAML of a configuration, every key said; parses back to an equal one.
std::string toYaml(const RunConfiguration& configuration);

}  // namespace mergarium
