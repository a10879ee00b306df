#pragma once

#include "core/export/export_model.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace mergarium {

/// Writes one model on a thread of its own; what it says arrives on the thread it lives on.
class ExportJob : public QObject {
    Q_OBJECT

public:
    /// Throws Cancelled, or with one sentence.
    using Work = std::function<ExportResult(const Announce& announce)>;
    using Write = std::function<ExportResult(const ExportRequest& request, const Announce& announce)>;

    /// `write` is called on another thread; throws as Work does.
    explicit ExportJob(QObject* parent = nullptr, Write write = exportModel);
    /// Cancels, and waits for it.
    ~ExportJob() override;

    bool isRunning() const { return running_; }
    /// Does nothing while one is running.
    void start(const ExportRequest& request);
    void begin(const Work& work);
    /// Obeyed within a piece of the work.
    void cancel();

Q_SIGNALS:
    /// Ten times a second at most; `perSecond` is 0 while unknown.
    void progressed(const QString& what, std::uint64_t done, std::uint64_t total, double perSecond);
    void finished(const mergarium::ExportResult& result);
    void failed(const QString& sentence);
    void cancelled();

private:
    struct Stand {
        std::string what;
        std::uint64_t done = 0;
        std::uint64_t total = 0;
        /// When this part of the work began.
        std::chrono::steady_clock::time_point begun;
    };

    void carryOut(const Work& work);
    bool note(std::string_view what, std::uint64_t done, std::uint64_t total);
    void tell();
    /// Emits `end` on this object's thread, as the last word of the job.
    template <class End>
    void conclude(End end);

    Write write_;
    QTimer* clock_ = nullptr;
    bool running_ = false;
    std::atomic<bool> stop_ = false;
    std::mutex mutex_;
    Stand stand_;
    // Last: joined first.
    std::jthread thread_;
};

}  // namespace mergarium
