#include "ui/session/stored_run_loader.h"

#include "core/session/stored_session.h"

#include <exception>
#include <utility>

namespace mergarium {
namespace {

/// A database that was not made yet holds no runs; one whose folder is missing is a mistake.
std::vector<RunSummary> listOf(const std::filesystem::path& database) {
    const auto folder = std::filesystem::absolute(database).parent_path();
    if (!std::filesystem::exists(database) && std::filesystem::is_directory(folder)) return {};
    return RunCatalog(database).runs();
}

}  // namespace

StoredRunLoader::StoredRunLoader(std::filesystem::path database, std::filesystem::path resources, QObject* parent)
    : QObject(parent),
      database_(std::move(database)),
      resources_(std::move(resources)),
      thread_([this](std::stop_token stop) { work(std::move(stop)); }) {}

StoredRunLoader::~StoredRunLoader() = default;

template <class Change>
void StoredRunLoader::ask(Change change) {
    {
        const std::lock_guard lock(mutex_);
        change(requests_);
    }
    asked_.notify_one();
}

void StoredRunLoader::list() {
    ask([](Requests& requests) { requests.list = true; });
}

void StoredRunLoader::load(RunId run) {
    ask([this, run](Requests& requests) {
        requests.load = run;
        ++generation_;
    });
}

void StoredRunLoader::remove(RunId run) {
    ask([run](Requests& requests) {
        requests.removals.push_back(run);
        requests.list = true;
    });
}

void StoredRunLoader::forget() {
    ask([this](Requests& requests) {
        requests.load.reset();
        ++generation_;
    });
}

void StoredRunLoader::work(std::stop_token stop) {
    while (true) {
        Requests requests;
        std::uint64_t generation = 0;
        {
            std::unique_lock lock(mutex_);
            if (!asked_.wait(lock, stop, [this] { return requests_.any(); })) return;
            requests = std::exchange(requests_, {});
            generation = generation_;
        }
        answer(requests, generation);
    }
}

void StoredRunLoader::answer(const Requests& requests, std::uint64_t generation) {
    const auto attempt = [this](auto&& action) {
        try {
            action();
        } catch (const std::exception& error) {
            report(QString::fromUtf8(error.what()));
        }
    };
    for (const auto run : requests.removals) attempt([&] { deleteRun(database_, run); });
    if (requests.list)
        attempt([&] {
            QMetaObject::invokeMethod(
                this, [this, runs = listOf(database_)] { Q_EMIT listed(runs); }, Qt::QueuedConnection);
        });
    if (requests.load)
        attempt([&] {
            auto snapshot = storedSnapshot(database_, *requests.load, resources_);
            QMetaObject::invokeMethod(
                this,
                [this, generation, snapshot = std::move(snapshot)] {
                    // Only the window's thread counts up, so it may read without the lock.
                    if (generation == generation_) Q_EMIT loaded(snapshot);
                },
                Qt::QueuedConnection);
        });
}

void StoredRunLoader::report(const QString& sentence) {
    QMetaObject::invokeMethod(
        this, [this, sentence] { Q_EMIT failed(sentence); }, Qt::QueuedConnection);
}

}  // namespace mergarium
