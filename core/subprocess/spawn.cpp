#include "core/subprocess/spawn.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>

namespace mergarium {
namespace {

struct Pipe {
    FileDescriptor read;
    FileDescriptor write;
};

[[noreturn]] void fail(std::string_view what, int reason) {
    throw ProcessFailure(fmt::format("{}: {}", what, std::generic_category().message(reason)));
}

/// Never one of the three standard numbers, so that the child can put its ends there.
FileDescriptor aboveStandard(int number) {
    const FileDescriptor original(number);
    const int moved = ::fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (moved < 0) fail("can't be given pipes", errno);
    return FileDescriptor(moved);
}

Pipe makePipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) fail("can't be given pipes", errno);
    auto read = aboveStandard(ends[0]);
    return {std::move(read), aboveStandard(ends[1])};
}

/// What the child could not do, told through a pipe that a successful start closes.
struct Trouble {
    enum class Step { Folder, Program } step;
    int reason;
};

struct ChildEnds {
    int input, output, errors, trouble;
};

// Between fork and exec only what is safe in a signal handler is allowed: other threads' locks may be held for ever.
[[noreturn]] void become(char* const* arguments, const char* folder, ChildEnds ends, pid_t parent) {
    const auto give = [&](Trouble::Step step) {
        const Trouble trouble{step, errno};
        [[maybe_unused]] const auto told = ::write(ends.trouble, &trouble, sizeof trouble);
        ::_exit(127);
    };
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // it ended before it could be waited for
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    if (::chdir(folder) != 0) give(Trouble::Step::Folder);
    ::dup2(ends.input, STDIN_FILENO);
    ::dup2(ends.output, STDOUT_FILENO);
    ::dup2(ends.errors, STDERR_FILENO);
    ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execvp(arguments[0], arguments);
    give(Trouble::Step::Program);
    ::_exit(127);
}

void dontBlock(const FileDescriptor& descriptor) {
    ::fcntl(descriptor.number(), F_SETFL, ::fcntl(descriptor.number(), F_GETFL) | O_NONBLOCK);
}

}  // namespace

void FileDescriptor::close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
}

Spawned spawn(const std::vector<std::string>& program, const std::filesystem::path& folder) {
    std::vector<char*> arguments;
    for (const auto& one : program) arguments.push_back(const_cast<char*>(one.c_str()));
    arguments.push_back(nullptr);
    const std::string where = folder.empty() ? "." : folder.string();

    auto input = makePipe();
    auto output = makePipe();
    auto errors = makePipe();
    auto trouble = makePipe();
    const auto parent = ::getpid();
    const auto process = ::fork();
    if (process < 0) fail("can't be started", errno);
    if (process == 0)
        become(arguments.data(), where.c_str(),
               {input.read.number(), output.write.number(), errors.write.number(), trouble.write.number()}, parent);
    // Here too, so that the group exists whoever comes first.
    ::setpgid(process, process);

    trouble.write.close();
    Trouble told{};
    ssize_t size = 0;
    do size = ::read(trouble.read.number(), &told, sizeof told);
    while (size < 0 && errno == EINTR);
    if (size == sizeof told) {
        ::waitpid(process, nullptr, 0);
        if (told.step == Trouble::Step::Folder)
            fail(fmt::format("can't be started in the folder {}", where), told.reason);
        fail(fmt::format("can't be started ({})", program.front()), told.reason);
    }
    for (const auto* ours : {&input.write, &output.read, &errors.read}) dontBlock(*ours);
    return {process, std::move(input.write), std::move(output.read), std::move(errors.read)};
}

}  // namespace mergarium
