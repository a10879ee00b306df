#pragma once

#include "core/tasks/sample_set.h"

#include <filesystem>
#include <string>
#include <vector>

namespace mergarium {

/// The samples of a JSONL file: one JSON object per line, with any fields.
struct SampleFile {
    /// The lines as they stand, each with its number, from 0, put in as "index" unless it says one itself.
    std::vector<std::string> objects;
    /// What people see: groups by the field `group`; texts by `question` (or `prompt`) with `image`, and `reference`
    /// (or `answer`). What has none of the former is shown as it stands in the file.
    SampleSet set;
};

/// Throws std::runtime_error with one sentence that names file and line when a line is no object, or there are none.
/// Blank lines don't count.
SampleFile readSampleFile(const std::filesystem::path& path);

}  // namespace mergarium
