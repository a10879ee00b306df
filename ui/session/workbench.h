#pragma once

#include "core/session/session.h"
#include "ui/session/live_session.h"
#include "ui/session/stored_run_loader.h"

#include <QObject>

#include <memory>
#include <optional>

namespace mergarium {

/// Where runs are kept, what they need, and what computes them.
struct Workplace {
    std::filesystem::path database;
    std::filesystem::path resources;
    /// Threads that may score; 0: one per core.
    std::size_t threads = 0;
    /// Children scored side by side; 0: as many as are worth it.
    std::size_t lanes = 0;
};

/// Which run computes and which run is shown: at most one each, often the same. Everything returns at once.
class Workbench : public QObject {
    Q_OBJECT

public:
    explicit Workbench(Workplace workplace, QObject* parent = nullptr);
    ~Workbench() override;

    /// A run is preparing, running or paused.
    bool isComputing() const { return live_ != nullptr; }
    /// The shown run, live or stored; null when there is none.
    const SnapshotPtr& shown() const { return shown_; }
    /// The computing run's state; null when none computes or it has just been started.
    SnapshotPtr live() const { return live_ ? live_->latest() : nullptr; }

    /// A run that still computes is stopped first.
    void start(const RunConfiguration& configuration);
    void resume(RunId run);
    void open(RunId run);
    void remove(RunId run);
    void listRuns() { loader_.list(); }
    /// How many children are scored side by side in runs that are begun from now on; 0: as many as are worth it.
    void useLanes(std::size_t lanes) { workplace_.lanes = lanes; }

    /// To the computing run; without one nothing happens.
    void pause();
    void goOn();
    void step();
    void stop();

Q_SIGNALS:
    void shownChanged(const mergarium::SnapshotPtr& snapshot);
    /// At most 20 times a second; null once nothing computes.
    void liveChanged(const mergarium::SnapshotPtr& snapshot);
    void ended(const mergarium::SnapshotPtr& snapshot);
    void runsListed(const std::vector<mergarium::RunSummary>& runs);
    /// A stored run could not be read or deleted.
    void failed(const QString& sentence);

private:
    using Begin = std::variant<NewRun, ResumedRun>;

    void begin(const Begin& run);
    void follow(const SnapshotPtr& snapshot);
    void finish(const SnapshotPtr& snapshot);
    void present(const SnapshotPtr& snapshot);

    Workplace workplace_;
    StoredRunLoader loader_;
    std::unique_ptr<LiveSession> live_;
    /// The live run is the shown one.
    bool showsLive_ = false;
    SnapshotPtr shown_;
    /// What to begin when the computing run has stopped.
    std::optional<Begin> next_;
};

}  // namespace mergarium
