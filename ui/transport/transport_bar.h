#pragma once

#include "core/run/snapshot.h"

#include <QToolBar>

class QAction;
class QLabel;
class QProgressBar;

namespace mergarium {

/// What may be asked of a run now.
struct TransportState {
    bool canPause = false;
    bool canResume = false;
    bool canStep = false;
    bool canStop = false;
};

/// `live` is the computing run's state (null: none has been seen yet), `stored` a run that is shown and doesn't
/// compute.
TransportState transportState(bool computing, const SnapshotPtr& live, const SnapshotPtr& stored);

/// "4,213 of 10,000   1,012/s   6 s left" - as much of it as is known; of language models tokens per second, too.
QString progressText(const SessionSnapshot& snapshot);

/// What scores the models: a device, or the program that the configuration names.
QString scorerText(const RunDescription& run);

/// Start, pause, resume, step, stop; how far the run is, how fast, how long still, and what computes.
class TransportBar : public QToolBar {
    Q_OBJECT

public:
    explicit TransportBar(QWidget* parent = nullptr);

    /// `computing`: a run is preparing, running or paused; then `live` is what is shown here, else `stored`, which the
    /// views show: a computing run that they don't show is named. `begun` is its name until it has a number.
    void setState(bool computing, const SnapshotPtr& live, const SnapshotPtr& stored, const QString& begun = {});

    QAction* newRun() const { return newRun_; }
    /// One key for both: pauses what runs, goes on with what doesn't.
    QAction* pauseOrResume() const { return pauseOrResume_; }
    QAction* step() const { return step_; }
    QAction* stop() const { return stop_; }

Q_SIGNALS:
    void pauseRequested();
    void resumeRequested();

private:
    /// Short enough to stand beside the progress.
    QString shortened(const QString& name) const;

    TransportState state_;
    QAction* newRun_ = nullptr;
    QAction* pauseOrResume_ = nullptr;
    QAction* step_ = nullptr;
    QAction* stop_ = nullptr;
    QProgressBar* bar_ = nullptr;
    QLabel* text_ = nullptr;
    QLabel* device_ = nullptr;
};

}  // namespace mergarium
