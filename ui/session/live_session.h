#pragma once

#include "core/session/session.h"

#include <QObject>
#include <QTimer>

#include <chrono>

namespace mergarium {

/// A running run as the window sees it; lives on the window's thread. The worker's wakes become at most 20
/// `snapshotChanged` a second, and the last state always arrives. Destroying it stops the run, within one scoring
/// batch.
class LiveSession : public QObject {
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds kInterval{50};

    explicit LiveSession(SessionRequest request, QObject* parent = nullptr);
    ~LiveSession() override;

    /// Null until the first snapshot has arrived.
    const SnapshotPtr& latest() const { return latest_; }
    bool isOver() const;

    void pause() { session_.pause(); }
    void resume() { session_.resume(); }
    void step() { session_.step(); }
    void stop() { session_.stop(); }
    void breed(const Parentage& wish) { session_.breed(wish); }
    void admitBred() { session_.admitBred(); }
    void dropBred() { session_.dropBred(); }

Q_SIGNALS:
    void snapshotChanged(const mergarium::SnapshotPtr& snapshot);
    /// Once, after the last `snapshotChanged`: finished, stopped or failed.
    void ended(const mergarium::SnapshotPtr& snapshot);

private:
    void noticeWake();
    void deliver();

    QTimer rest_;
    bool wakePending_ = false;
    SnapshotPtr latest_;
    // Last: destroyed first, so that the worker never wakes a half-destroyed object.
    Session session_;
};

}  // namespace mergarium
