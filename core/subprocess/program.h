#pragma once

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace mergarium {

/// A program that a configuration names, to be started without a shell.
struct Program {
    /// The program and its arguments.
    std::vector<std::string> command;
    /// The folder that it is started in.
    std::filesystem::path folder;
    bool operator==(const Program&) const = default;
};

/// As people would type it, on one line, with whatever a terminal would obey made visible.
std::string inWords(const Program& program);

/// Whether a program may be started; configurations come from anywhere.
using MayStart = std::function<bool(const Program&)>;

/// A program that may not be started.
class ProgramNotTrusted : public std::runtime_error {
public:
    explicit ProgramNotTrusted(Program program);
    const Program& program() const { return program_; }

private:
    Program program_;
};

/// Throws ProgramNotTrusted unless `mayStart` says that it may; null: nothing may.
void requireTrust(const Program& program, const MayStart& mayStart);

}  // namespace mergarium
