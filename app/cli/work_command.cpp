#include "app/about/version.h"
#include "app/cli/commands.h"
#include "app/cli/exit_code.h"
#include "app/cli/interruption.h"
#include "app/cli/say.h"
#include "app/cli/worker_options.h"
#include "core/cluster/workers/worker.h"
#include "core/startup/paths.h"

#include <CLI/CLI.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace mergarium::cli {
namespace {

constexpr std::chrono::milliseconds kLook{50};

ServerAddress serverOf(const Options& options) {
    return {.url = options.workers, .credentials = options.credentials, .authority = options.authority};
}

WorkerSettings settingsOf(const Options& options, const std::string& device) {
    WorkerSettings settings{
        .server = serverOf(options), .version = versionAndCommit(), .name = options.name, .cache = defaultCache()};
    for (const auto& folder : options.modelFolders) settings.folders.emplace_back(folder);
    if (!options.cache.empty()) settings.cache = options.cache;
    settings.resources = findResources();
    settings.device = device;
    settings.threads = options.threads;
    settings.allowPrograms = options.allowPrograms;
    settings.fetch = options.fetch;
    settings.tell = [](const std::string& sentence) { sayAside("{}\n", sentence); };
    return settings;
}

}  // namespace

void addWorkers(CLI::App& command, Options& options) {
    command
        .add_option(
            "--workers", options.workers,
            "A NATS server whose workers (mergarium-cli work) score in place of this machine; changes no result")
        ->type_name("URL");
    addServer(command, options);
    command.add_flag("--mixed-workers", options.mixedWorkers,
                     "Take workers with other kinds of processors, too, whose scores may differ in the last bits");
    command
        .add_option(
            "--verify-results", options.verifiedShare,
            "So large a share of the models, 0 to 1, is scored twice, by two workers, and compared (default: 0)")
        ->type_name("SHARE")
        ->check(CLI::Range(0.0, 1.0));
    command
        .add_option("--patience", options.patience,
                    "Seconds that a worker may be silent before its models go to others (default: 15)")
        ->type_name("SECONDS")
        ->check(CLI::Range(2.0, 3600.0));
}

void addServer(CLI::App& command, Options& options) {
    command
        .add_option("--credentials", options.credentials,
                    "Who we are to the server: a .creds file, or a file with one line, USER:PASSWORD or a token")
        ->type_name("FILE");
    command
        .add_option("--tls-ca", options.authority,
                    "Certificates (PEM) that the server's own is checked against; the connection is TLS then")
        ->type_name("FILE");
}

void addWork(CLI::App& command, Options& options) {
    command.add_option("URL", options.workers, "The NATS server: nats://HOST:4222 or tls://HOST:4222")
        ->required()
        ->type_name("URL");
    addServer(command, options);
    command
        .add_option("--models", options.modelFolders,
                    "A folder in which founders and files of questions are found by their contents; repeatable")
        ->allow_extra_args(false)
        ->type_name("FOLDER");
    command
        .add_option(
            "--devices", options.devices,
            "What computes: cpu, cuda, cuda:1, a worker each where there are several (default: as the run says)")
        ->type_name("DEVICE");
    command.add_flag("--allow-programs", options.allowPrograms,
                     "Start the programs that runs name to score their models");
    command.add_flag("--fetch", options.fetch,
                     "Fetch founders and files that aren't found from whoever computes the run");
    command.add_option("--name", options.name, "What the worker is called (default: by its machine and process)")
        ->type_name("NAME");
    command.add_option("--cache", options.cache, "Where what is fetched is kept (default: in your folder for caches)")
        ->type_name("FOLDER");
}

std::shared_ptr<const ClusterSettings> workersOf(const Options& options) {
    if (options.workers.empty()) return nullptr;
    ClusterSettings settings{.server = serverOf(options), .version = versionAndCommit()};
    requireProtected(settings.server);
    settings.mixed = options.mixedWorkers;
    settings.checked = options.verifiedShare;
    settings.silence = Milliseconds(static_cast<std::int64_t>(1000.0 * options.patience));
    return std::make_shared<const ClusterSettings>(std::move(settings));
}

int work(const Options& options) {
    catchInterruptions();
    std::atomic<bool> stop = false;
    std::atomic<std::size_t> working = 0;
    std::exception_ptr failure;
    std::mutex mutex;
    auto devices = options.devices;
    if (devices.empty()) devices.emplace_back();
    {
        std::vector<std::jthread> threads;
        working = devices.size();
        for (std::size_t k = 0; k < devices.size(); ++k)
            threads.emplace_back([&, k] {
                try {
                    auto settings = settingsOf(options, devices[k]);
                    if (devices.size() > 1 && !settings.name.empty()) settings.name += " " + devices[k];
                    mergarium::work(settings, stop);
                } catch (...) {
                    const std::lock_guard lock(mutex);
                    if (!failure) failure = std::current_exception();
                    stop = true;
                }
                --working;
            });
        while (working > 0) {
            if (isInterrupted()) stop = true;
            std::this_thread::sleep_for(kLook);
        }
    }
    if (failure) std::rethrow_exception(failure);
    return kSuccess;
}

}  // namespace mergarium::cli
