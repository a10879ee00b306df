#pragma once

#include "ui/queue/queue_desk.h"

#include <QWidget>

#include <optional>

class QLabel;
class QPushButton;
class QTableView;

namespace mergarium {

class QueueModel;

/// The runs that wait, as a short list that is there as long as one does: put into another order, taken out, tried
/// again, and started or held as a whole.
class QueueView : public QWidget {
    Q_OBJECT

public:
    explicit QueueView(QWidget* parent = nullptr);

    void setState(const QueueState& state);

Q_SIGNALS:
    void startRequested();
    void holdRequested();
    void moveRequested(std::int64_t entry, int towards);
    void removeRequested(std::int64_t entry);
    void retryRequested(std::int64_t entry);

private:
    /// The chosen one; null when none is.
    const QueuedRun* chosen() const;
    void judge();

    QueueModel* model_ = nullptr;
    bool isGoing_ = false;
    /// Being prepared: it can't be changed any more.
    std::optional<std::int64_t> begun_;
    QLabel* verdict_ = nullptr;
    QTableView* table_ = nullptr;
    QPushButton* start_ = nullptr;
    QPushButton* retry_ = nullptr;
    QPushButton* remove_ = nullptr;
    QPushButton* up_ = nullptr;
    QPushButton* down_ = nullptr;
};

}  // namespace mergarium
