#pragma once

#include "core/run/snapshot.h"
#include "core/store/run_catalog.h"

#include <QObject>
#include <QString>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace mergarium {

/// Reads and deletes stored runs on a thread of its own; answers arrive on the window's thread. Of several runs asked
/// for in a row only the last is answered.
class StoredRunLoader : public QObject {
    Q_OBJECT

public:
    StoredRunLoader(std::filesystem::path database, std::filesystem::path resources, QObject* parent = nullptr);
    ~StoredRunLoader() override;

    void list();
    void load(RunId run);
    /// A list follows.
    void remove(RunId run);
    /// The run last asked for is not wanted any more.
    void forget();

Q_SIGNALS:
    void listed(const std::vector<mergarium::RunSummary>& runs);
    void loaded(const mergarium::SnapshotPtr& snapshot);
    void failed(const QString& sentence);

private:
    struct Requests {
        bool list = false;
        std::optional<RunId> load;
        std::vector<RunId> removals;
        bool any() const { return list || load || !removals.empty(); }
    };

    template <class Change>
    void ask(Change change);
    void work(std::stop_token stop);
    void answer(const Requests& requests, std::uint64_t generation);
    void report(const QString& sentence);

    const std::filesystem::path database_;
    const std::filesystem::path resources_;
    std::mutex mutex_;
    std::condition_variable_any asked_;
    Requests requests_;
    /// Counts what `load` was asked for; an answer to an older question is dropped.
    std::uint64_t generation_ = 0;
    // Last: joined first.
    std::jthread thread_;
};

}  // namespace mergarium
