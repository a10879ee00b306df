#pragma once

#include "core/progress/progress.h"

#include <QObject>
#include <QTimer>

#include <atomic>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <thread>

namespace mergarium {

/// Writes one file on a thread of its own; what it says arrives on the thread it lives on.
class FileJob : public QObject {
    Q_OBJECT

public:
    /// Called on another thread; throws Cancelled or with one sentence. `progress` may be told how far it is.
    using Work = std::function<void(const std::stop_token& stop, const Progress& progress)>;

    FileJob(Work work, QObject* parent);
    /// Cancels, and waits for it.
    ~FileJob() override;

    void start();
    /// Obeyed as soon as the work looks.
    void cancel() { thread_.request_stop(); }

Q_SIGNALS:
    /// Twice a second; 0 of 0 where the work doesn't tell.
    void progressed(std::uint64_t done, std::uint64_t total);
    void finished();
    void failed(const QString& sentence);
    void cancelled();

private:
    void carryOut(const std::stop_token& stop);
    /// Emits `end` on this object's thread, as the last word of the job.
    template <class End>
    void conclude(End end);

    Work work_;
    QTimer* clock_ = nullptr;
    std::atomic<std::uint64_t> done_ = 0, total_ = 0;
    // Last: joined first.
    std::jthread thread_;
};

}  // namespace mergarium
