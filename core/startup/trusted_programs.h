#pragma once

#include "core/subprocess/program.h"

#include <filesystem>

namespace mergarium {

/// The programs that this person has approved on this machine, each with its arguments and the folder that it is
/// started in. Kept in a file that belongs to the person alone, never in a run database: a database comes from
/// anywhere. Any thread; several programs may share the file.
class TrustedPrograms {
public:
    /// `file` need not exist.
    explicit TrustedPrograms(std::filesystem::path file) : file_(std::move(file)) {}

    /// False, too, when the file can't be read or others may write it.
    bool contains(const Program& program) const;
    /// Throws std::runtime_error with one sentence when the file can't be written.
    void add(const Program& program) const;

private:
    std::filesystem::path file_;
};

/// The person's own: $XDG_CONFIG_HOME/mergarium/trusted-programs, or ~/.config/mergarium/trusted-programs.
TrustedPrograms trustedPrograms();

}  // namespace mergarium
