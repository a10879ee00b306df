#pragma once

#include "core/run/snapshot.h"
#include "core/store/run_catalog.h"

#include <QByteArray>
#include <QStringList>
#include <QWidget>

#include <optional>
#include <vector>

class QAction;
class QCheckBox;
class QLineEdit;
class QModelIndex;
class QPushButton;
class QStackedLayout;
class QTableView;

namespace mergarium {

class ListedRuns;
class RunsModel;

/// Every run in the database, searched, sorted and grouped by sweep; opens, resumes, extends, duplicates, compares,
/// renames and deletes them, and keeps notes on them. Several can be compared and deleted at once.
class RunsView : public QWidget {
    Q_OBJECT

public:
    explicit RunsView(QWidget* parent = nullptr);

    void setRuns(const std::vector<RunSummary>& runs);
    void setLive(const SnapshotPtr& live);
    /// Marks the run that is shown, once it is listed; absent: none. Emits nothing. What a person chooses afterwards
    /// stays chosen.
    void selectRun(std::optional<RunId> run);
    /// Widths and order of the columns, what they are sorted by, and whether sweeps are grouped.
    QByteArray layoutState() const;
    /// Deletes what is chosen; for a menu.
    QAction* deletion() const { return deletion_; }
    void restoreLayoutState(const QByteArray& state);

Q_SIGNALS:
    void openRequested(mergarium::RunId run);
    void resumeRequested(mergarium::RunId run);
    void extendRequested(const mergarium::RunSummary& run);
    void duplicateRequested(mergarium::RunId run);
    /// Names of sweeps and numbers of runs.
    void compareRequested(const QStringList& names);
    /// Of a sweep's line the runs that it stands for.
    void deleteRequested(const std::vector<mergarium::RunId>& runs);
    void renameRequested(mergarium::RunId run, const QString& name);
    void notesRequested(mergarium::RunId run, const QString& notes);

private:
    /// The one that is selected; null when none or several are.
    const RunSummary* selected() const;
    std::vector<RunId> chosen() const;
    QStringList namesToCompare() const;
    void activate(const QModelIndex& index);
    void edit(int column);
    void mergeSweepLines();
    void sizeColumns();
    void updateButtons();
    void showMenu(const QPoint& position);

    RunsModel* model_ = nullptr;
    ListedRuns* listed_ = nullptr;
    QLineEdit* search_ = nullptr;
    QCheckBox* grouped_ = nullptr;
    /// To be marked once it is listed.
    std::optional<RunId> awaited_;
    QStackedLayout* pages_ = nullptr;
    QTableView* table_ = nullptr;
    QPushButton* open_ = nullptr;
    QPushButton* resume_ = nullptr;
    QPushButton* extend_ = nullptr;
    QPushButton* duplicate_ = nullptr;
    QPushButton* compare_ = nullptr;
    QPushButton* rename_ = nullptr;
    QPushButton* delete_ = nullptr;
    QAction* notes_ = nullptr;
    QAction* deletion_ = nullptr;
    bool sized_ = false;
};

}  // namespace mergarium
