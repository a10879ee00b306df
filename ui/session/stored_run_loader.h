#pragma once

#include "core/run/snapshot.h"
#include "core/store/run_catalog.h"
#include "core/store/run_claim.h"

#include <QObject>
#include <QString>

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mergarium {

/// Reads and changes stored runs on a thread of its own; answers arrive on the window's thread. Of several runs asked
/// for in a row only the last is answered. About once a second it looks whether anybody has stored something: then the
/// list comes again unasked, and the run that was loaded last while it goes on. Runs that are marked as deleted go when
/// it is destroyed; those that another window left behind when it crashed go when it is made.
class StoredRunLoader : public QObject {
    Q_OBJECT

public:
    StoredRunLoader(std::filesystem::path database, std::filesystem::path resources, QObject* parent = nullptr);
    ~StoredRunLoader() override;

    void list();
    void load(RunId run);
    /// All of them or none: `deleted` follows, or `failed`; then a list.
    void markDeleted(const std::vector<RunId>& runs);
    /// `restored` follows, or `failed`; then a list.
    void undelete(const std::vector<RunId>& runs);
    /// A list follows.
    void rename(RunId run, const QString& name);
    /// A list follows.
    void setNotes(RunId run, const QString& notes);
    /// The run last asked for is not wanted any more.
    void forget();

Q_SIGNALS:
    void listed(const std::vector<mergarium::RunSummary>& runs);
    void loaded(const mergarium::SnapshotPtr& snapshot);
    /// The run that was loaded last has gone on, or has ended.
    void followed(const mergarium::SnapshotPtr& snapshot);
    void deleted(const std::vector<mergarium::RunId>& runs);
    void restored(const std::vector<mergarium::RunId>& runs);
    void failed(const QString& sentence);

private:
    struct Marking {
        std::vector<RunId> runs;
        bool deleted = false;
    };
    struct Requests {
        bool list = false;
        std::optional<RunId> load;
        /// In the order in which they were asked for.
        std::vector<Marking> markings;
        std::vector<std::pair<RunId, std::string>> names, notes;
        bool any() const { return list || load || !markings.empty() || !names.empty() || !notes.empty(); }
    };

    /// What was seen when the database was last looked at.
    struct Sight;

    template <class Change>
    void ask(Change change);
    void work(std::stop_token stop);
    void answer(const Requests& requests, std::uint64_t generation);
    void readList();
    void read(RunId run, std::uint64_t generation);
    void lookAround(std::uint64_t generation);
    void mark(const Marking& marking);
    void removeMarked();
    void report(const QString& sentence);

    const std::filesystem::path database_;
    const std::filesystem::path resources_;
    /// By which what this window deletes is marked.
    const RunClaim claim_;
    std::mutex mutex_;
    std::condition_variable_any asked_;
    Requests requests_;
    /// Counts what `load` was asked for; an answer to an older question is dropped.
    std::uint64_t generation_ = 0;
    /// Touched by the thread alone.
    const std::unique_ptr<Sight> sight_;
    // Last: joined first.
    std::jthread thread_;
};

}  // namespace mergarium
