// The program mergarium-supervisor: starts another program, and ends with it everything that came of it, whatever
// groups and sessions that has moved to, as soon as the program or Mergarium ends, however they end. It is a process of
// its own because nothing else is there when Mergarium is killed, and a program of its own because a copy of
// Mergarium's memory would have to be kept for it.
#include "core/subprocess/supervision.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace {

using namespace mergarium::supervision;

[[noreturn]] void give(Trouble::Step step) {
    const Trouble trouble{step, errno};
    [[maybe_unused]] const auto told = ::write(kTrouble, &trouble, sizeof trouble);
    ::_exit(127);
}

[[noreturn]] void become(char** program, const char* folder, pid_t supervisor) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != supervisor) ::_exit(127);  // it ended before it could be noticed
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (::chdir(folder) != 0) give(Trouble::Step::Folder);
    ::execvp(program[0], program);
    give(Trouble::Step::Program);
}

/// The parent of a process, by its number in /proc; 0 when it is gone.
pid_t parentOf(const char* number) {
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%s/stat", number);
    const int file = ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char text[512];
    const auto size = ::read(file, text, sizeof text - 1);
    ::close(file);
    if (size <= 0) return 0;
    text[size] = '\0';
    // The name may itself hold spaces and brackets.
    const char* nameEnd = std::strrchr(text, ')');
    int parent = 0;
    return nameEnd && std::sscanf(nameEnd + 1, " %*c %d", &parent) == 1 ? parent : 0;
}

/// False when there are none that may be killed.
bool killChildren() {
    DIR* processes = ::opendir("/proc");
    if (!processes) return false;
    bool any = false;
    while (const auto* entry = ::readdir(processes)) {
        const auto process = static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10));
        if (process > 0 && parentOf(entry->d_name) == ::getpid() && ::kill(process, SIGKILL) == 0) any = true;
    }
    ::closedir(processes);
    return any;
}

/// Whoever loses its parent becomes a child of this process, so that round by round all are found.
void killDescendants() {
    while (true) {
        pid_t ended = 0;
        while ((ended = ::waitpid(-1, nullptr, WNOHANG)) > 0) {
        }
        if (ended < 0 || !killChildren()) return;
        ::waitpid(-1, nullptr, 0);
    }
}

/// So that whoever waits for this process sees how the program ended.
[[noreturn]] void endAs(int status) {
    if (WIFSIGNALED(status)) {
        const int number = WTERMSIG(status);
        const rlimit noCore{0, 0};
        ::setrlimit(RLIMIT_CORE, &noCore);
        ::signal(number, SIG_DFL);
        sigset_t one;
        ::sigemptyset(&one);
        ::sigaddset(&one, number);
        ::raise(number);
        ::sigprocmask(SIG_UNBLOCK, &one, nullptr);
    }
    ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 127);
}

/// Waits for the program's end, and keeps how it ended in `status`; false when the lifeline ended first.
bool waitFor(pid_t program, int children, int& status) {
    while (true) {
        pid_t ended = 0;
        while ((ended = ::waitpid(-1, &status, WNOHANG)) > 0)
            if (ended == program) return true;
        pollfd ends[] = {{kLifeline, POLLIN, 0}, {children, POLLIN, 0}};
        if (::poll(ends, 2, -1) < 0) continue;
        if (ends[0].revents) return false;
        signalfd_siginfo ignored;
        [[maybe_unused]] const auto size = ::read(children, &ignored, sizeof ignored);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3 || ::fcntl(kLifeline, F_SETFD, FD_CLOEXEC) != 0 || ::fcntl(kTrouble, F_SETFD, FD_CLOEXEC) != 0) {
        std::fputs("mergarium-supervisor is started by Mergarium alone.\n", stderr);
        return 2;
    }
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    // It is ended by Mergarium's end, and by SIGKILL.
    sigset_t all, ends;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    ::sigemptyset(&ends);
    ::sigaddset(&ends, SIGCHLD);
    const int children = ::signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);

    const auto supervisor = ::getpid();
    const auto program = ::fork();
    if (program < 0 || children < 0) give(Trouble::Step::Supervisor);
    if (program == 0) become(argv + 2, argv[1], supervisor);
    ::setpgid(program, program);
    ::close(kTrouble);
    // The standard files are the program's: it must be noticed when it closes them.
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (nothing < 0 || ::dup2(nothing, standard) < 0) ::close(standard);

    int status = 0;
    const bool ended = waitFor(program, children, status);
    if (!ended) ::kill(-program, SIGKILL);
    killDescendants();
    if (ended) endAs(status);
    ::_exit(127);
}
