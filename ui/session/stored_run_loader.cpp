#include "ui/session/stored_run_loader.h"

#include "core/database/database_watch.h"
#include "core/labels/rename_run.h"
#include "core/labels/run_notes.h"
#include "core/session/followed_run.h"
#include "core/session/stored_session.h"
#include "core/store/pending_deletions.h"
#include "core/store/run_claim.h"
#include "core/text/words.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace mergarium {
namespace {

using std::chrono::steady_clock;

/// Runs are stored about once a second.
constexpr std::chrono::milliseconds kBetweenLooks{1000};
/// Reading the list of very many runs takes at most one part in so many of the thread's time.
constexpr int kListShare = 20;

/// A database that was not made yet holds no runs; one whose folder is missing is a mistake.
std::vector<RunSummary> listOf(const std::filesystem::path& database) {
    const auto folder = std::filesystem::absolute(database).parent_path();
    if (!std::filesystem::exists(database) && std::filesystem::is_directory(folder)) return {};
    return RunCatalog(database).runs();
}

}  // namespace

struct StoredRunLoader::Sight {
    explicit Sight(const std::filesystem::path& database) : watch(database) {}

    /// A process that is killed stores nothing any more, so those that computed are asked for.
    void look() {
        const bool ended = !std::ranges::all_of(owners, isHeld);
        if (ended) owners.clear();
        if (watch.look() || ended) listIsOld = runIsOld = true;
    }

    DatabaseWatch watch;
    std::vector<std::string> owners;
    bool listIsOld = false;
    steady_clock::time_point nextList{};
    /// Null unless what was loaded last goes on; `generation` is that of its loading.
    std::unique_ptr<FollowedRun> run;
    std::uint64_t generation = 0;
    bool runIsOld = false;
};

StoredRunLoader::StoredRunLoader(std::filesystem::path database, std::filesystem::path resources, QObject* parent)
    : QObject(parent),
      database_(std::move(database)),
      resources_(std::move(resources)),
      sight_(std::make_unique<Sight>(database_)),
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

void StoredRunLoader::markDeleted(const std::vector<RunId>& runs) {
    ask([&](Requests& requests) {
        requests.markings.push_back({.runs = runs, .deleted = true});
        requests.list = true;
    });
}

void StoredRunLoader::undelete(const std::vector<RunId>& runs) {
    ask([&](Requests& requests) {
        requests.markings.push_back({.runs = runs, .deleted = false});
        requests.list = true;
    });
}

void StoredRunLoader::rename(RunId run, const QString& name) {
    ask([run, name](Requests& requests) {
        requests.names.emplace_back(run, name.toStdString());
        requests.list = true;
    });
}

void StoredRunLoader::setNotes(RunId run, const QString& notes) {
    ask([run, notes](Requests& requests) {
        requests.notes.emplace_back(run, notes.toStdString());
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
    removeMarked();
    while (true) {
        Requests requests;
        std::uint64_t generation = 0;
        {
            std::unique_lock lock(mutex_);
            const bool asked = asked_.wait_for(lock, stop, kBetweenLooks, [this] { return requests_.any(); });
            if (!asked && stop.stop_requested()) break;
            requests = std::exchange(requests_, {});
            generation = generation_;
        }
        if (requests.any())
            answer(requests, generation);
        else
            lookAround(generation);
    }
    removeMarked();
}

/// Where that fails, they stay marked, nobody sees them, and the next window tries again.
void StoredRunLoader::removeMarked() {
    try {
        removeDeleted(database_, claim_.text());
    } catch (const std::exception&) {
    }
}

void StoredRunLoader::mark(const Marking& marking) {
    if (marking.deleted)
        mergarium::markDeleted(database_, marking.runs, claim_.text());
    else
        mergarium::undelete(database_, marking.runs);
    QMetaObject::invokeMethod(
        this, [this, marking] { marking.deleted ? Q_EMIT deleted(marking.runs) : Q_EMIT restored(marking.runs); },
        Qt::QueuedConnection);
}

void StoredRunLoader::answer(const Requests& requests, std::uint64_t generation) {
    const auto attempt = [this](auto&& action) {
        try {
            action();
        } catch (const std::exception& error) {
            report(QString::fromStdString(words::failure(error, "reading the runs")));
        }
    };
    for (const auto& marking : requests.markings) attempt([&] { mark(marking); });
    for (const auto& [run, name] : requests.names) attempt([&] { renameRun(database_, run, name); });
    for (const auto& [run, notes] : requests.notes) attempt([&] { setRunNotes(database_, run, notes); });
    if (requests.list) attempt([&] { readList(); });
    if (requests.load) attempt([&] { read(*requests.load, generation); });
}

void StoredRunLoader::readList() {
    // Before reading, so that nothing that is stored meanwhile is overlooked.
    sight_->look();
    sight_->listIsOld = false;
    const auto begun = steady_clock::now();
    auto runs = listOf(database_);
    const auto ended = steady_clock::now();
    sight_->nextList = ended + kListShare * (ended - begun);
    sight_->owners.clear();
    for (const auto& run : runs)
        if (!run.owner.empty()) sight_->owners.push_back(run.owner);
    QMetaObject::invokeMethod(
        this, [this, runs = std::move(runs)] { Q_EMIT listed(runs); }, Qt::QueuedConnection);
}

void StoredRunLoader::read(RunId run, std::uint64_t generation) {
    sight_->run.reset();
    sight_->look();
    const auto snapshot = storedSnapshot(database_, run, resources_);
    if (isGoing(snapshot->phase)) {
        sight_->run = std::make_unique<FollowedRun>(database_, snapshot);
        sight_->generation = generation;
    }
    QMetaObject::invokeMethod(
        this,
        [this, generation, snapshot] {
            // Only the window's thread counts up, so it may read without the lock.
            if (generation == generation_) Q_EMIT loaded(snapshot);
        },
        Qt::QueuedConnection);
    // All that is stored of it is read once more, which can take a while.
    const auto damage = RunCatalog(database_).inspect(run).sentence();
    if (!damage.empty()) report(tr("Run %1: %2").arg(run.value).arg(QString::fromStdString(damage)));
}

void StoredRunLoader::lookAround(std::uint64_t generation) {
    auto& sight = *sight_;
    sight.look();
    if (sight.generation != generation) sight.run.reset();
    try {
        if (sight.listIsOld && steady_clock::now() >= sight.nextList) readList();
        if (!std::exchange(sight.runIsOld, false) || !sight.run) return;
        const auto snapshot = sight.run->look();
        if (!snapshot) return;
        if (!isGoing(snapshot->phase)) sight.run.reset();
        QMetaObject::invokeMethod(
            this,
            [this, generation, snapshot] {
                if (generation == generation_) Q_EMIT followed(snapshot);
            },
            Qt::QueuedConnection);
    } catch (const std::exception& error) {
        sight.run.reset();
        report(QString::fromStdString(words::failure(error, "following the runs")));
    }
}

void StoredRunLoader::report(const QString& sentence) {
    QMetaObject::invokeMethod(
        this, [this, sentence] { Q_EMIT failed(sentence); }, Qt::QueuedConnection);
}

}  // namespace mergarium
