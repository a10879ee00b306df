#pragma once

#include "core/files/mapped_file.h"
#include "core/founders/founder_source.h"

#include <string>
#include <vector>

namespace mergarium {

/// Notices that other programs change founders' files while they are in use.
class FounderWatch {
public:
    /// Of sources just opened.
    explicit FounderWatch(std::vector<FounderSourcePtr> sources);

    /// Asks the system about every file, which takes microseconds. Throws std::runtime_error with one sentence when one
    /// has been written to; where something else about it has changed (its name, who may read it), a few of its pages
    /// are compared.
    void look();

private:
    struct Watched {
        FounderSourcePtr source;
        /// Of each of its files.
        std::vector<FileState> states;
        /// sampledHash.
        std::string samples;
    };
    std::vector<Watched> watched_;
};

}  // namespace mergarium
