#pragma once

#include "core/run/worker_standing.h"

#include <QAbstractTableModel>
#include <QWidget>

#include <vector>

class QLabel;
class QTableView;

namespace mergarium {

/// A run's workers, one a row.
class WorkerTable final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { NameColumn, StateColumn, DeviceColumn, ScoredColumn, RateColumn, SilenceColumn, kColumns };
    using QAbstractTableModel::QAbstractTableModel;

    void setWorkers(std::vector<WorkerStanding> workers);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<WorkerStanding> workers_;
};

/// Who scores a run's models on other machines: who is there, what they do and how fast, and who fell silent. Hidden
/// where this machine scores.
class WorkerPane final : public QWidget {
    Q_OBJECT

public:
    explicit WorkerPane(QWidget* parent = nullptr);
    void setWorkers(const std::vector<WorkerStanding>& workers);

private:
    WorkerTable* model_ = nullptr;
    QTableView* table_ = nullptr;
    QLabel* summary_ = nullptr;
};

}  // namespace mergarium
