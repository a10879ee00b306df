#pragma once

#include "ui/sweep/sweep_outlook.h"

#include <QObject>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace mergarium {

/// A sweep that is being carried out, as the window sees it; lives on the window's thread, the sweep on one of its own.
/// Destroying it stops the sweep, each run within one scoring batch; what is done is stored.
class SweepRunner : public QObject {
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds kInterval{50};

    SweepRunner(SweepPtr sweep, SweepPlace place, QObject* parent = nullptr);
    ~SweepRunner() override;

    /// Returns at once; `ended` says when the runs have stopped.
    void stop() { thread_.request_stop(); }

Q_SIGNALS:
    /// At most 20 times a second.
    void progressed(const mergarium::SweepProgressPtr& progress);
    /// Once, after the last `progressed`. `trouble` is why it could not go on; empty when it finished or was stopped.
    void ended(const QString& trouble);

private:
    void work(const std::stop_token& stop);
    void publish(const SweepSession& session);
    void rest(const std::stop_token& stop);
    void deliver();

    const SweepPtr sweep_;
    const SweepPlace place_;
    std::mutex mutex_;
    std::condition_variable_any stopped_;
    /// Guarded by the mutex; null when it was taken.
    SweepProgressPtr latest_;
    // Last: joined first.
    std::jthread thread_;
};

}  // namespace mergarium
