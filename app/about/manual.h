#pragma once

#include <string>
#include <vector>

namespace mergarium {

/// An option or an argument of a program.
struct ManualEntry {
    /// "-h" and "--help", as they are typed; an argument has one name, in capitals.
    std::vector<std::string> names;
    /// What is to be typed, as alternatives: "PRESET|FILE", "slerp|lerp". FILE, FOLDER, PRESET, SWEEP and KEY=VALUE can
    /// be completed, and words in lower case; anything else is only named. Empty: a flag.
    std::string value;
    std::string help;
    bool required = false;
    bool repeats = false;

    bool isArgument() const { return !names.front().starts_with('-'); }
    bool operator==(const ManualEntry&) const = default;
};

struct ManualCommand {
    std::string name;
    std::string summary;
    std::vector<ManualEntry> entries;
    bool operator==(const ManualCommand&) const = default;
};

/// All that a program's own description of its command line says: what manual pages and completions are made of.
struct Manual {
    std::string program;
    std::string version;
    /// One sentence.
    std::string summary;
    std::vector<ManualEntry> entries;
    std::vector<ManualCommand> commands;
    bool operator==(const Manual&) const = default;
};

/// What completions offer for values that have names.
struct ManualWords {
    std::vector<std::string> presets;
    std::vector<std::string> sweeps;
    /// Of a run's configuration.
    std::vector<std::string> keys;
};

/// Of what ships in `resources`. Throws std::runtime_error where it can't be read.
ManualWords readManualWords(const std::string& resources);

/// The manual page, in roff with the macros of man(7).
std::string manPage(const Manual& manual);
std::string bashCompletion(const Manual& manual, const ManualWords& words);
std::string zshCompletion(const Manual& manual, const ManualWords& words);

/// `form`: man, bash or zsh. Throws std::runtime_error for others.
std::string writeManual(const Manual& manual, const std::string& form);

}  // namespace mergarium
