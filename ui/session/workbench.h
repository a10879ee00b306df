#pragma once

#include "core/session/session.h"
#include "core/startup/trusted_programs.h"
#include "ui/session/answer_loader.h"
#include "ui/session/history_loader.h"
#include "ui/session/live_session.h"
#include "ui/session/stored_run_loader.h"

#include <QObject>

#include <memory>
#include <optional>
#include <vector>

namespace mergarium {

/// Where runs are kept, what they need, and what computes them.
struct Workplace {
    std::filesystem::path database;
    std::filesystem::path resources;
    /// Threads that may score; 0: one per core.
    std::size_t threads = 0;
    /// Children scored side by side; 0: as many as are worth it.
    std::size_t lanes = 0;
    /// Who scores in place of this machine; null: this machine.
    std::shared_ptr<const ClusterSettings> workers = nullptr;
    /// Of this program, which workers' must be.
    std::string version = {};
    /// The programs that may be started.
    TrustedPrograms trusted = trustedPrograms();
};

/// Runs that were deleted at once, until the window closes.
struct Deletion {
    std::vector<RunId> runs;
    /// The one of them that was shown.
    std::optional<RunId> shown = std::nullopt;
};

/// Which run computes and which run is shown: at most one each, often the same. Everything returns at once.
class Workbench : public QObject {
    Q_OBJECT

public:
    explicit Workbench(Workplace workplace, QObject* parent = nullptr);
    ~Workbench() override;

    /// A run is preparing, running or paused.
    bool isComputing() const { return live_ != nullptr; }
    /// The shown run, live or stored, as it is or as it was; null when there is none.
    const SnapshotPtr& shown() const { return shown_; }
    /// The shown run as it is, also while `shown` looks back.
    const SnapshotPtr& latest() const { return latest_; }
    bool isLookingBack() const { return lookingBack_; }
    /// The shown run is the computing one; not while that is being prepared and what was shown before still is.
    bool showsLive() const;
    /// What was begun last, in words, until it has entered the database: its name, or its number.
    std::string begunName() const;
    /// The computing run's state; null when none computes or it has just been started.
    SnapshotPtr live() const { return live_ ? live_->latest() : nullptr; }

    enum class Showing { TheRun, WhatIsShown };
    /// A run that still computes is stopped first. `showing` is what is shown from now on.
    void start(const RunConfiguration& configuration, Showing showing = Showing::TheRun);
    void resume(const ResumedRun& run);
    /// The person agrees to what a run could not begin without, the last of those that lacked something; it begins.
    void agree(const Consent& consent);
    void open(RunId run);
    /// All of them, or none where one is going on.
    void remove(const std::vector<RunId>& runs);
    /// The last of `deletions`: they are as they were.
    void undoRemoval();
    /// What can be undone, the latest last.
    const std::vector<Deletion>& deletions() const { return deletions_; }
    /// Shows the run as it was after so many evaluations, until `followLatest` or until another run is shown. A run
    /// that computes goes on.
    void lookBack(std::uint64_t step);
    void followLatest();
    /// Whether what members answer is to be found out, where it isn't kept.
    void wantAnswers(bool wanted);
    /// The shown run goes on: it computes here, or it is followed while somebody else computes it.
    bool showsGoing() const { return showsLive() || (latest_ && isGoing(latest_->phase)); }
    const HistoryOutline& history() const { return history_.outline(); }
    /// Of a run that is stored; what is shown of it is read again.
    void rename(RunId run, const QString& name);
    void setNotes(RunId run, const QString& notes) { loader_.setNotes(run, notes); }
    void listRuns() { loader_.list(); }
    /// How many children are scored side by side in runs that are begun from now on; 0: as many as are worth it.
    void useLanes(std::size_t lanes) { workplace_.lanes = lanes; }
    /// Who scores in runs that are begun, or gone on with, from now on: a NATS server's address, and behind spaces
    /// files with credentials and certificates; empty: this machine.
    void useWorkers(const QString& words);

    /// To the computing run; without one nothing happens.
    void pause();
    void goOn();
    void step();
    void stop();
    /// Of the computing run, once it is paused: a child bred by hand (Session::breed), and what becomes of it.
    void breed(const Parentage& wish);
    void admitBred();
    void dropBred();

Q_SIGNALS:
    void shownChanged(const mergarium::SnapshotPtr& snapshot);
    /// While `shown` looks back: the run has gone on.
    void latestChanged(const mergarium::SnapshotPtr& snapshot);
    /// Of the shown run more can be looked back at, or of another one.
    void historyChanged(const mergarium::HistoryOutline& outline);
    /// At most 20 times a second; null once nothing computes.
    void liveChanged(const mergarium::SnapshotPtr& snapshot);
    void ended(const mergarium::SnapshotPtr& snapshot);
    /// The shown run was computed by another process, and is no more.
    void endedElsewhere(const mergarium::SnapshotPtr& snapshot);
    void runsListed(const std::vector<mergarium::RunSummary>& runs);
    void deletionsChanged(const std::vector<mergarium::Deletion>& deletions);
    /// A stored run could not be read or deleted.
    void failed(const QString& sentence);

private:
    using Begin = std::variant<NewRun, ResumedRun>;

    void begin(const Begin& run, Showing showing = Showing::TheRun);
    void follow(const SnapshotPtr& snapshot);
    void finish(const SnapshotPtr& snapshot);
    void present(const SnapshotPtr& snapshot);
    void presentFollowed(const SnapshotPtr& snapshot);
    void noticeRuns(const std::vector<RunSummary>& runs);
    void show(const SnapshotPtr& snapshot);
    bool showsRun(RunId run) const;
    void noticeRemoval(const std::vector<RunId>& runs);
    void noticeRestoration(const std::vector<RunId>& runs);

    Workplace workplace_;
    StoredRunLoader loader_;
    HistoryLoader history_;
    AnswerLoader answers_;
    bool wantsAnswers_ = false;
    std::unique_ptr<LiveSession> live_;
    /// The live run is the shown one.
    bool showsLive_ = false;
    bool lookingBack_ = false;
    SnapshotPtr shown_, latest_;
    /// What is shown, as it came.
    SnapshotPtr bare_;
    /// What was begun last, what could not begin without consent, and what to begin when the computing run has stopped.
    std::optional<Begin> begun_, refused_, next_;
    std::vector<Deletion> deletions_;
};

}  // namespace mergarium
