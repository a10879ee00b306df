#pragma once

#include "core/configuration/presets.h"
#include "core/configuration/yaml.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mergarium {

/// What a person types to run `configuration`, for a shell: the preset that it differs least from, and `--set` for what
/// differs.
std::string commandLineOf(const RunConfiguration& configuration, const std::vector<Preset>& presets);

/// The words of a command line as a POSIX shell splits them: blanks, '...', "..." and backslashes; nothing is expanded.
/// Throws ConfigurationError for a quote that isn't closed.
std::vector<std::string> shellWords(std::string_view line);

/// The configuration of `mergarium-cli run PRESET|FILE [--set key=value] [--seed N] [--evaluations N] [--device D]`;
/// options that are no part of a configuration (--db, --lanes, --json, --threads, --resources, --trust-program) are
/// passed over. Files are relative to `folder`. Throws ConfigurationError with one sentence.
RunConfiguration parseCommandLine(std::string_view line, const std::vector<Preset>& presets,
                                  const std::filesystem::path& folder = {});

/// Whether it looks like one.
bool isCommandLine(std::string_view text);

}  // namespace mergarium
