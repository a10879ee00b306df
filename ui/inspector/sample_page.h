#pragma once

#include "core/session/snapshot.h"

#include <QWidget>

class QLabel;
class QTableView;

namespace mergarium {

class SolverTable;

/// One sample: its picture, its label, and who solves it.
class SamplePage : public QWidget {
    Q_OBJECT

public:
    explicit SamplePage(QWidget* parent = nullptr);

    /// The snapshot has a run and members.
    void show(const SnapshotPtr& snapshot, std::size_t sample);
    using QWidget::show;

Q_SIGNALS:
    void memberSelected(mergarium::MemberId member);

private:
    QLabel* title_ = nullptr;
    QLabel* picture_ = nullptr;
    QLabel* facts_ = nullptr;
    QLabel* solvers_ = nullptr;
    SolverTable* model_ = nullptr;
    QTableView* table_ = nullptr;
};

}  // namespace mergarium
