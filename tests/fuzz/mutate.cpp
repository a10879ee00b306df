// Mutates every seed of every reader, reads what comes of it, and says what can't be borne.
//     mutate COUNT [READER [FIRST]]    COUNT mutations per reader, the first of them number FIRST
//     mutate show READER NUMBER        writes that mutation to standard output
#include "tests/fuzz/mutation.h"
#include "tests/fuzz/readers.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace mergarium::fuzz;

constexpr rlim_t kMemory = 1 << 30;
constexpr unsigned kSeconds = 5;

std::vector<std::string> seedsOf(std::string_view reader) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(MERGARIUM_CORPUS) / reader))
        paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> seeds;
    for (const auto& path : paths) {
        std::ifstream stream(path, std::ios::binary);
        seeds.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    }
    return seeds;
}

std::string mutationOf(const std::vector<std::string>& seeds, std::uint64_t number) {
    return mutated(seeds[number % seeds.size()], number);
}

/// What the child did, in memory that both see.
struct Progress {
    std::uint64_t at = 0, read = 0, refused = 0;
    double slowest = 0;
    char failure[400] = {};
};

[[noreturn]] void work(const Reader& reader, const std::vector<std::string>& seeds, std::uint64_t end,
                       Progress& progress) {
    rlimit memory{kMemory, kMemory};
    ::setrlimit(RLIMIT_DATA, &memory);
    Bench bench;
    for (; progress.at < end; ++progress.at) {
        const auto bytes = mutationOf(seeds, progress.at);
        const auto start = std::chrono::steady_clock::now();
        ::alarm(kSeconds);
        try {
            ++(bench.run(reader, bytes) == Bench::Outcome::Read ? progress.read : progress.refused);
        } catch (const std::exception& error) {
            std::snprintf(progress.failure, sizeof progress.failure, "%s", error.what());
            std::_Exit(1);
        }
        ::alarm(0);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        progress.slowest = std::max(progress.slowest, took.count());
    }
    bench.~Bench();
    std::_Exit(0);
}

/// Returns how many mutations were not borne.
int mutate(const Reader& reader, std::uint64_t first, std::uint64_t count) {
    const auto seeds = seedsOf(reader.name);
    auto* shared = ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    auto& progress = *new (shared) Progress{.at = first};
    int failures = 0;
    while (progress.at < first + count) {
        const auto child = ::fork();
        if (child == 0) work(reader, seeds, first + count, progress);
        int status = 0;
        ::waitpid(child, &status, 0);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) break;
        ++failures;
        std::printf("  %s %llu: %s\n", std::string(reader.name).c_str(), static_cast<unsigned long long>(progress.at),
                    WIFSIGNALED(status) ? ::strsignal(WTERMSIG(status)) : progress.failure);
        ++progress.at;
    }
    std::printf("%-14s %7llu mutations: %7llu read, %7llu refused, %d failed; the slowest took %.2f s\n",
                std::string(reader.name).c_str(), static_cast<unsigned long long>(count),
                static_cast<unsigned long long>(progress.read), static_cast<unsigned long long>(progress.refused),
                failures, progress.slowest);
    std::fflush(stdout);
    return failures;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 4 && std::strcmp(argv[1], "show") == 0) {
        const auto bytes = mutationOf(seedsOf(argv[2]), std::strtoull(argv[3], nullptr, 10));
        return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() ? 0 : 1;
    }
    if (argc < 2 || argc > 4) return std::fprintf(stderr, "mutate COUNT [READER [FIRST]]\n"), 2;
    int failures = 0;
    for (const auto& reader : readers())
        if (argc < 3 || reader.name == argv[2])
            failures +=
                mutate(reader, argc < 4 ? 0 : std::strtoull(argv[3], nullptr, 10), std::strtoull(argv[1], nullptr, 10));
    return failures == 0 ? 0 : 1;
}
