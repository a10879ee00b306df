#include "core/subprocess/spawn.h"

#include "core/subprocess/supervision.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>

namespace mergarium {
namespace {

using supervision::kTrouble;
using supervision::Trouble;

struct Pipe {
    FileDescriptor read;
    FileDescriptor write;
};

[[noreturn]] void fail(std::string_view what, int reason) {
    throw ProcessFailure(fmt::format("{}: {}", what, std::generic_category().message(reason)));
}

/// Never one of the numbers under which the supervisor expects its files, so that the child can put them there.
FileDescriptor aboveStandard(int number) {
    const FileDescriptor original(number);
    const int moved = ::fcntl(number, F_DUPFD_CLOEXEC, kTrouble + 1);
    if (moved < 0) fail("can't be given pipes", errno);
    return FileDescriptor(moved);
}

Pipe makePipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) fail("can't be given pipes", errno);
    auto read = aboveStandard(ends[0]);
    return {std::move(read), aboveStandard(ends[1])};
}

/// Of the child; each comes under the number of its place: standard input, output and errors, kLifeline, kTrouble.
using ChildEnds = std::array<int, kTrouble + 1>;

// Between fork and exec only what is safe in a signal handler is allowed: other threads' locks may be held for ever.
[[noreturn]] void become(const char* supervisor, char* const* arguments, const ChildEnds& ends) {
    ::setpgid(0, 0);
    ::signal(SIGPIPE, SIG_DFL);
    for (int number = 0; number <= kTrouble; ++number) ::dup2(ends[static_cast<std::size_t>(number)], number);
    ::close_range(kTrouble + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execv(supervisor, arguments);
    const Trouble trouble{Trouble::Step::Supervisor, errno};
    [[maybe_unused]] const auto told = ::write(kTrouble, &trouble, sizeof trouble);
    ::_exit(127);
}

/// Beside this code: in the folder of the installed libraries, or of those just built.
std::string supervisorPath() {
    static const char mark = 0;
    Dl_info info{};
    std::filesystem::path library;
    if (::dladdr(&mark, &info) != 0 && info.dli_fname != nullptr) library = info.dli_fname;
    return (std::filesystem::absolute(library).parent_path() / "mergarium-supervisor").string();
}

[[noreturn]] void fail(const Trouble& trouble, const std::string& program, const std::string& folder,
                       const std::string& supervisor) {
    switch (trouble.step) {
        case Trouble::Step::Folder: fail(fmt::format("can't be started in the folder {}", folder), trouble.reason);
        case Trouble::Step::Program: fail(fmt::format("can't be started ({})", program), trouble.reason);
        case Trouble::Step::Supervisor: break;
    }
    fail(fmt::format("can't be started by {}, a part of Mergarium", supervisor), trouble.reason);
}

void dontBlock(const FileDescriptor& descriptor) {
    ::fcntl(descriptor.number(), F_SETFL, ::fcntl(descriptor.number(), F_GETFL) | O_NONBLOCK);
}

}  // namespace

Spawned spawn(const std::vector<std::string>& program, const std::filesystem::path& folder) {
    static const std::string supervisor = supervisorPath();
    const std::string where = folder.empty() ? "." : folder.string();
    std::vector<char*> arguments;
    const auto add = [&](const std::string& one) { arguments.push_back(const_cast<char*>(one.c_str())); };
    add(supervisor);
    add(where);
    for (const auto& one : program) add(one);
    arguments.push_back(nullptr);

    auto input = makePipe();
    auto output = makePipe();
    auto errors = makePipe();
    auto lifeline = makePipe();
    auto trouble = makePipe();
    const ChildEnds ends{input.read.number(), output.write.number(), errors.write.number(), lifeline.read.number(),
                         trouble.write.number()};
    const auto process = ::fork();
    if (process < 0) fail("can't be started", errno);
    if (process == 0) become(supervisor.c_str(), arguments.data(), ends);

    trouble.write.close();
    Trouble told{};
    ssize_t size = 0;
    do size = ::read(trouble.read.number(), &told, sizeof told);
    while (size < 0 && errno == EINTR);
    if (size == sizeof told) {
        ::waitpid(process, nullptr, 0);
        fail(told, program.front(), where, supervisor);
    }
    for (const auto* ours : {&input.write, &output.read, &errors.read}) dontBlock(*ours);
    return {process, std::move(input.write), std::move(output.read), std::move(errors.read), std::move(lifeline.write)};
}

}  // namespace mergarium
