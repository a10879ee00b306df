#pragma once

#include "core/drafts/run_queue.h"
#include "ui/background/ordered_worker.h"
#include "ui/message_bar/message_bar.h"
#include "ui/session/workbench.h"

#include <QObject>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <vector>

namespace mergarium {

struct QueueState {
    /// First to be begun first; those with a trouble are passed over.
    std::vector<QueuedRun> waiting;
    /// The next begins by itself once nothing computes.
    bool isGoing = false;
    /// The entry that is being prepared; it waits until it is stored as a run.
    std::optional<std::int64_t> begun;
};

/// The runs that wait in the database, and who begins them. What is found there when the window opens waits until
/// `start`: it may be anybody's. What can't begin keeps its trouble. Lives on the window's thread, and writes on one of
/// its own.
class QueueDesk : public QObject {
    Q_OBJECT

public:
    /// The workbench begins the runs.
    QueueDesk(Workbench& workbench, const Workplace& place, QObject* parent = nullptr);

    /// Reads what waits; `changed` follows.
    void look();
    const QueueState& state() const { return state_; }
    /// At the end; from now on the queue is going. A program that isn't approved is asked for first.
    void add(const RunConfiguration& configuration);
    void remove(std::int64_t entry);
    /// `towards` < 0: before the one before it; else behind the one behind it.
    void move(std::int64_t entry, int towards);
    /// It waits again, once its program is approved.
    void retry(std::int64_t entry);
    void start();
    /// Nothing begins by itself any more; what runs goes on.
    void hold();

Q_SIGNALS:
    void changed(const mergarium::QueueState& state);
    void said(const mergarium::Message& message);

private:
    using Change = std::function<void(const std::filesystem::path& database)>;

    /// On the worker's thread; the queue is read again afterwards.
    void change(Change what);
    void receive(std::vector<QueuedRun> waiting);
    void withConsent(const RunConfiguration& configuration, const QString& action, const std::function<void()>& then);
    void beginNext();
    /// What has begun waits no more.
    void takeOut(std::int64_t entry);
    void passOver(std::int64_t entry, const std::string& trouble);
    void noticeLive(const SnapshotPtr& live);
    void noticeEnd(const SnapshotPtr& last);
    void settle(const SessionSnapshot& last);
    const QueuedRun* find(std::int64_t entry) const;

    Workbench& workbench_;
    const std::filesystem::path database_;
    const TrustedPrograms trusted_;
    QueueState state_;
    /// Changes that are on their way: until they have arrived nothing begins.
    int pending_ = 0;
    /// The next is shown when it begins, as the one before it was.
    bool follows_ = false;
    /// Entries that have become runs, whatever the database still says.
    std::set<std::int64_t> done_;
    // Last: joined first.
    OrderedWorker worker_;
};

}  // namespace mergarium
