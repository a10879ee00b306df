#pragma once

#include "core/run/snapshot.h"

#include <QWidget>

class QLabel;
class QStackedLayout;

namespace mergarium {

class ArchivePane;
class ProgressPlot;

/// The run at a glance: how the archive has become better, and who is in it. Wants the window's thread.
class OverviewView : public QWidget {
    Q_OBJECT

public:
    explicit OverviewView(QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot);
    /// Marks a member in the table, or nobody when it isn't there. Emits nothing.
    void selectMember(MemberId member);

Q_SIGNALS:
    void memberSelected(mergarium::MemberId member);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();

    SnapshotPtr snapshot_;
    SnapshotPtr shown_;
    QStackedLayout* pages_ = nullptr;
    QLabel* empty_ = nullptr;
    ProgressPlot* plot_ = nullptr;
    ArchivePane* archive_ = nullptr;
};

}  // namespace mergarium
