#pragma once

namespace mergarium::supervision {

// Between spawn.cpp and the program mergarium-supervisor, whose arguments are the folder to start in, the program to be
// started, and its arguments. The three standard files are that program's.

/// A pipe that nothing is written to: its end tells that Mergarium has ended, or wants everything ended.
constexpr int kLifeline = 3;
/// A pipe for a Trouble; closed when the program has been started.
constexpr int kTrouble = 4;

/// What could not be done.
struct Trouble {
    enum class Step : int { Folder, Program, Supervisor } step;
    /// errno.
    int reason;
};

}  // namespace mergarium::supervision
