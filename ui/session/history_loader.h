#pragma once

#include "core/run/snapshot.h"
#include "ui/background/latest_worker.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace mergarium {

class History;

/// What there is to look back at of a run.
struct HistoryOutline {
    /// Stored so far.
    std::uint64_t evaluations = 0;
    /// When children were accepted, ascending; never null.
    std::shared_ptr<const std::vector<std::uint64_t>> accepted = std::make_shared<const std::vector<std::uint64_t>>();
    std::shared_ptr<const std::vector<ProgressPoint>> curve = std::make_shared<const std::vector<ProgressPoint>>();
    /// Why there is nothing; else empty.
    QString problem = {};
};

/// Reads the past of the run that is shown on a thread of its own; answers arrive on the window's thread. Of several
/// steps asked for in a row those that nobody waits for any more are left out.
class HistoryLoader : public QObject {
    Q_OBJECT

public:
    explicit HistoryLoader(std::filesystem::path database, QObject* parent = nullptr);
    ~HistoryLoader() override;

    /// The latest snapshot of the run; null when there is none. An outline follows, and again as more is stored.
    void follow(const SnapshotPtr& latest);
    /// `lookedAt` or `failed` follows, unless another step is asked for meanwhile.
    void lookAt(std::uint64_t step);
    /// The step last asked for is not wanted any more.
    void forget();

    const HistoryOutline& outline() const { return outline_; }

Q_SIGNALS:
    void outlineChanged(const mergarium::HistoryOutline& outline);
    void lookedAt(const mergarium::SnapshotPtr& snapshot);
    void failed(const QString& sentence);

private:
    struct Book;
    struct Answer;

    void ask();
    void refreshIfBehind();
    void receive(const Answer& answer);
    static Answer read(Book& book, std::optional<std::uint64_t> step, bool outline);

    const std::filesystem::path database_;
    /// What the worker reads from; null when no run is shown. Touched by the worker alone.
    std::shared_ptr<Book> book_;
    std::shared_ptr<const RunDescription> run_;
    HistoryOutline outline_;
    /// Of the latest snapshot; those that are stored follow within about a second.
    std::uint64_t evaluations_ = 0;
    std::optional<std::uint64_t> step_;
    bool wantsOutline_ = false;
    /// Between two looks for what has been stored.
    QTimer rest_;
    // Last: joined first.
    LatestWorker worker_;
};

}  // namespace mergarium
