#pragma once

#include "core/subprocess/file_descriptor.h"

#include <sys/types.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace mergarium {

/// What went wrong with another program, as the rest of a sentence that begins with its name: "ended with exit code 1".
class ProcessFailure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A program just started, and our ends of the pipes to it, which don't block.
struct Spawned {
    /// The program's supervisor: it ends as the program ends, once everything that the program has started has ended.
    pid_t process = -1;
    FileDescriptor input;
    FileDescriptor output;
    FileDescriptor errors;
    /// As long as it is open the program may live.
    FileDescriptor lifeline;
};

/// Starts `program` (its name or path, then its arguments) in `folder`, without a shell: a process group of its own, no
/// signal blocked, no file of ours open. It ends, with all that it has started, whatever groups and sessions that has
/// moved to, when the lifeline is closed, and so when this process ends in any way; what it leaves behind when it ends
/// by itself is ended too. Throws ProcessFailure when the folder or the program can't be used.
Spawned spawn(const std::vector<std::string>& program, const std::filesystem::path& folder);

}  // namespace mergarium
