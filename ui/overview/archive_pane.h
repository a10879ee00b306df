#pragma once

#include "core/run/snapshot.h"

#include <QWidget>

#include <optional>

class QLabel;
class QTableView;

namespace mergarium {

class ArchiveTable;
class LatestWorker;

/// The archive as a sortable table, one member a row, under a line that sums it up.
class ArchivePane : public QWidget {
    Q_OBJECT

public:
    explicit ArchivePane(QWidget* parent = nullptr);

    /// The table follows as soon as it has been computed.
    void setSnapshot(const SnapshotPtr& snapshot);
    /// Marks a member's row, or none where it isn't there. Emits nothing.
    void selectMember(std::optional<MemberId> member);
    void clear();

Q_SIGNALS:
    /// Chosen by mouse or keyboard.
    void memberSelected(mergarium::MemberId member);

private:
    void announce(int row);
    void restoreSelection();

    ArchiveTable* model_ = nullptr;
    QTableView* table_ = nullptr;
    QLabel* summary_ = nullptr;
    LatestWorker* worker_ = nullptr;
    std::optional<MemberId> selected_;
    bool selecting_ = false;
    bool announced_ = false;
};

}  // namespace mergarium
