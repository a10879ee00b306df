#pragma once

#include "core/subprocess/spawn.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mergarium {

/// When to stop waiting for another program.
struct WaitLimits {
    std::chrono::duration<double> timeout{600.0};
    /// Set by any thread to end waiting within a twentieth of a second; may be null.
    const std::atomic<bool>* abandon = nullptr;
};

/// A running program that is asked one line at a time and answers with one line each. What it writes on stderr is kept,
/// the last kilobytes of it. Ends with this object, and with this process, and with it all that it has started (spawn).
/// Used by one thread at a time.
class ChildProcess {
public:
    /// A longer line is no answer.
    static constexpr std::size_t kLongestLine = 64 << 20;
    static constexpr std::size_t kStderrKept = 8 << 10;

    /// As `spawn`.
    ChildProcess(const std::vector<std::string>& program, const std::filesystem::path& folder);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// Writes `question` and a line end, returns the next line that isn't blank, without its end. Throws
    /// ProcessFailure; what comes next from the program can't be trusted then.
    std::string ask(std::string_view question, const WaitLimits& limits);
    /// Closes its stdin, which tells it to exit, and waits at most `grace` for that.
    void finish(std::chrono::milliseconds grace);
    /// The end of what it has written on stderr, any bytes: two pipes can't tell what of it came before an answer.
    std::string stderrTail();

private:
    using Clock = std::chrono::steady_clock;

    /// Waits until something can be written or read, or a moment, and moves what can be moved.
    void exchange();
    void write();
    /// One chunk; false when there is nothing now, or no more.
    bool readOutput();
    bool readErrors();
    std::optional<std::string> nextLine();
    /// How it ended, as a predicate; absent while it lives.
    std::optional<std::string> ending() const;

    Spawned child_;
    /// Of the question.
    std::string unwritten_;
    std::size_t written_ = 0;
    std::string output_;
    /// How much of `output_` is known to hold no line end.
    std::size_t searched_ = 0;
    std::string stderrTail_;
};

}  // namespace mergarium
