#include "tests/bench/measuring.h"

#include <fmt/format.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace mergarium::bench {

std::uint64_t anonymousBytes(int process) {
    std::ifstream status(fmt::format("/proc/{}/status", process));
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssAnon:")) return 1024 * std::stoull(line.substr(8));
    return 0;
}

double secondsOf(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

Measured watched(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    Measured measured;
    int status = 0;
    measured.seconds = secondsOf([&] {
        // Else the child would write it, too.
        std::fflush(stdout);
        const auto child = ::fork();
        if (child == 0) {
            if (!std::freopen("/dev/null", "w", stdout)) ::_exit(126);
            ::execvp(arguments[0], arguments.data());
            ::_exit(127);
        }
        while (::waitpid(child, &status, WNOHANG) == 0) {
            measured.peak = std::max(measured.peak, anonymousBytes(child));
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    });
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error(command[0] + " failed.");
    return measured;
}

}  // namespace mergarium::bench
