#pragma once

#include "core/trial/trial.h"
#include "ui/session/workbench.h"

#include <QObject>
#include <QString>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

class QTimer;

namespace mergarium {

class LatestWorker;

/// How trials are made. Both may take their time and are called on another thread.
struct Trier {
    /// Throws Cancelled once `abandon` is set. Null: nothing can be tried.
    std::function<Trial(const RunConfiguration&, const std::atomic<bool>& abandon, const Announce&)> all;
    /// Whether it takes no more than a moment (isQuickToTry).
    std::function<bool(const RunConfiguration&)> isQuick;
};

/// As a run would be made there.
Trier trierIn(const Workplace& workplace);

/// What came of asking for a trial.
struct TrialOutcome {
    /// Absent when it failed, or would have taken longer than a moment.
    std::shared_ptr<const Trial> trial;
    /// Why there is none; empty: it was left alone.
    QString failure;
};

/// Makes trials on a thread of its own, one at a time.
class TrialRunner : public QObject {
    Q_OBJECT

public:
    explicit TrialRunner(Trier trier, QObject* parent = nullptr);
    /// Abandons what is being tried.
    ~TrialRunner() override;

    enum class If { Asked, Quick };
    /// What was being tried before is abandoned.
    void start(const RunConfiguration& configuration, If condition);
    /// Nothing more is heard of what was being tried.
    void cancel();
    bool isRunning() const { return abandon_ != nullptr; }

Q_SIGNALS:
    /// "Trying add: 3 of 16"; at most ten times a second.
    void progressed(const QString& text);
    void ended(const mergarium::TrialOutcome& outcome);

private:
    /// What the worker says and the window reads.
    struct Mailbox {
        std::mutex mutex;
        QString text;
    };

    void look();

    Trier trier_;
    /// Of the trial that runs; null: none does.
    std::shared_ptr<std::atomic<bool>> abandon_;
    std::shared_ptr<Mailbox> mailbox_;
    QTimer* clock_ = nullptr;
    LatestWorker* worker_ = nullptr;
};

}  // namespace mergarium
