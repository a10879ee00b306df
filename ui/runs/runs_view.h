#pragma once

#include "core/run/snapshot.h"
#include "core/store/run_catalog.h"

#include <QStringList>
#include <QWidget>

#include <vector>

class QPushButton;
class QStackedLayout;
class QTableView;

namespace mergarium {

class RunsModel;

/// Every run in the database; opens, resumes, duplicates, compares and deletes them.
class RunsView : public QWidget {
    Q_OBJECT

public:
    explicit RunsView(QWidget* parent = nullptr);

    void setRuns(const std::vector<RunSummary>& runs);
    void setLive(const SnapshotPtr& live);
    /// Marks a run; emits nothing.
    void selectRun(RunId run);

Q_SIGNALS:
    void openRequested(mergarium::RunId run);
    void resumeRequested(mergarium::RunId run);
    void duplicateRequested(mergarium::RunId run);
    /// Names of sweeps and numbers of runs.
    void compareRequested(const QStringList& names);
    void deleteRequested(mergarium::RunId run, const QString& name);

private:
    /// The one that is selected; null when none or several are.
    const RunSummary* selected() const;
    QStringList namesToCompare() const;
    void updateButtons();
    void showMenu(const QPoint& position);

    RunsModel* model_ = nullptr;
    QStackedLayout* pages_ = nullptr;
    QTableView* table_ = nullptr;
    QPushButton* open_ = nullptr;
    QPushButton* resume_ = nullptr;
    QPushButton* duplicate_ = nullptr;
    QPushButton* compare_ = nullptr;
    QPushButton* delete_ = nullptr;
    bool sized_ = false;
};

}  // namespace mergarium
