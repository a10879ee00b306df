#pragma once

namespace mergarium {

/// How a pipeline lies on the disk.
enum class PipelineForm {
    /// A folder per component.
    Folder,
    /// All in one file, under original names.
    SingleFile
};

}  // namespace mergarium
