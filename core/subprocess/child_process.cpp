#include "core/subprocess/child_process.h"

#include <fmt/format.h>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <thread>
#include <utility>

namespace mergarium {

using namespace std::chrono_literals;

namespace {

/// How often to look whether the program has ended, or nobody waits any more.
constexpr int kLookMilliseconds = 50;
/// The same once its stdout is closed, so that nothing but its end is to come.
constexpr int kLookSoonMilliseconds = 2;
/// A program that has closed a pipe is about to end, as a rule: then how it ended says more.
constexpr std::chrono::seconds kTimeToEnd{1};
/// For everything that came of it to be ended, of which there may be much.
constexpr std::chrono::seconds kTimeToKill{10};
constexpr std::chrono::milliseconds kLookSoon{1};
/// After its end more may come only from processes that it left behind.
constexpr int kLastChunks = 1024;

/// Writing to a pipe that nobody reads raises SIGPIPE, which would end this process: held back on this thread, and
/// taken away.
class HeldPipeSignal {
public:
    HeldPipeSignal() {
        ::sigemptyset(&pipe_);
        ::sigaddset(&pipe_, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~HeldPipeSignal() {
        if (::sigismember(&before_, SIGPIPE) == 1) return;
        const timespec now{};
        while (::sigtimedwait(&pipe_, nullptr, &now) < 0 && errno == EINTR) {
        }
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    HeldPipeSignal(const HeldPipeSignal&) = delete;
    HeldPipeSignal& operator=(const HeldPipeSignal&) = delete;

private:
    sigset_t pipe_{}, before_{};
};

/// Appends one chunk to `text`; closes at the end of the file. Returns the bytes that came.
std::size_t readChunk(FileDescriptor& from, std::string& text) {
    if (!from.isOpen()) return 0;
    std::array<char, 1 << 16> chunk;
    const auto size = ::read(from.number(), chunk.data(), chunk.size());
    if (size > 0) text.append(chunk.data(), static_cast<std::size_t>(size));
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) from.close();
    return size > 0 ? static_cast<std::size_t>(size) : 0;
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& program, const std::filesystem::path& folder)
    : child_(spawn(program, folder)) {}

ChildProcess::~ChildProcess() {
    child_.lifeline.close();
    // Not reaped before, so the number is still its own. A program can do to its supervisor what it likes.
    ::kill(child_.process, SIGCONT);
    for (auto waited = 0ms; ::waitpid(child_.process, nullptr, WNOHANG) == 0; waited += kLookSoon) {
        if (waited >= kTimeToKill) ::kill(child_.process, SIGKILL);
        std::this_thread::sleep_for(kLookSoon);
    }
}

std::string ChildProcess::ask(std::string_view question, const WaitLimits& limits) {
    if (auto ended = ending()) throw ProcessFailure(*ended + " before it was asked");
    unwritten_.assign(question).push_back('\n');
    written_ = 0;

    const auto started = Clock::now();
    std::string failure = fmt::format("did not answer within {:g} s", limits.timeout.count());
    bool closed = false;
    // A time-out of years would overflow the clock.
    auto time = std::min<std::chrono::duration<double>>(limits.timeout, std::chrono::hours(24 * 365));
    while (true) {
        if (written_ == unwritten_.size())
            if (auto line = nextLine()) return *std::move(line);
        if (output_.size() > kLongestLine)
            throw ProcessFailure(fmt::format("wrote more than {} MiB for an answer", kLongestLine >> 20));
        if (auto ended = ending()) {
            for (int chunk = 0; chunk < kLastChunks && output_.size() <= kLongestLine && readOutput(); ++chunk) {
            }
            if (auto line = nextLine()) return *std::move(line);
            throw ProcessFailure(*ended + " before it answered");
        }
        if (!closed && (!child_.input.isOpen() || !child_.output.isOpen())) {
            closed = true;
            failure = child_.output.isOpen() ? "closed its standard input before it had read the question"
                                             : "closed its standard output before it answered";
            time = std::min<std::chrono::duration<double>>(time, Clock::now() - started + kTimeToEnd);
        }
        if (limits.abandon && *limits.abandon) throw ProcessFailure("was not waited for");
        if (Clock::now() - started >= time) throw ProcessFailure(failure);
        exchange();
    }
}

void ChildProcess::finish(std::chrono::milliseconds grace) {
    child_.input.close();
    const auto end = Clock::now() + grace;
    while (!ending() && Clock::now() < end) {
        exchange();
        output_.clear();
        searched_ = 0;
    }
}

std::string ChildProcess::stderrTail() {
    for (int chunk = 0; chunk < kLastChunks && readErrors(); ++chunk) {
    }
    return stderrTail_;
}

void ChildProcess::exchange() {
    const bool writes = child_.input.isOpen() && written_ < unwritten_.size();
    // poll ignores negative numbers.
    std::array<pollfd, 3> ends{{{writes ? child_.input.number() : -1, POLLOUT, 0},
                                {child_.output.number(), POLLIN, 0},
                                {child_.errors.number(), POLLIN, 0}}};
    if (::poll(ends.data(), ends.size(), child_.output.isOpen() ? kLookMilliseconds : kLookSoonMilliseconds) <= 0)
        return;
    if (ends[0].revents) write();
    if (ends[1].revents) readOutput();
    if (ends[2].revents) readErrors();
}

void ChildProcess::write() {
    const HeldPipeSignal held;
    const auto size = ::write(child_.input.number(), unwritten_.data() + written_, unwritten_.size() - written_);
    if (size > 0) written_ += static_cast<std::size_t>(size);
    if (size < 0 && errno != EAGAIN && errno != EINTR) child_.input.close();
}

bool ChildProcess::readOutput() { return readChunk(child_.output, output_) > 0; }

bool ChildProcess::readErrors() {
    const auto size = readChunk(child_.errors, stderrTail_);
    if (stderrTail_.size() > kStderrKept) stderrTail_.erase(0, stderrTail_.size() - kStderrKept);
    return size > 0;
}

std::optional<std::string> ChildProcess::nextLine() {
    // Taken off the front together: a program may write millions of blank lines.
    std::size_t begin = 0;
    std::optional<std::string> line;
    while (!line) {
        const auto end = output_.find('\n', std::max(begin, searched_));
        if (end == std::string::npos) break;
        const auto text = std::string_view(output_).substr(begin, end - begin);
        if (text.find_first_not_of(" \t\r") != std::string_view::npos) line = text;
        begin = end + 1;
    }
    output_.erase(0, begin);
    searched_ = line ? 0 : output_.size();
    return line;
}

std::optional<std::string> ChildProcess::ending() const {
    siginfo_t state{};
    // WNOWAIT leaves it to be reaped after its group is killed.
    if (::waitid(P_PID, static_cast<id_t>(child_.process), &state, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        state.si_pid == 0)
        return std::nullopt;
    if (state.si_code == CLD_EXITED) return fmt::format("ended with exit code {}", state.si_status);
    return fmt::format("was ended by signal {} ({})", state.si_status, ::strsignal(state.si_status));
}

}  // namespace mergarium
