#pragma once

#include "ui/sweep/sweep_outlook.h"

#include <QAbstractTableModel>

#include <optional>

namespace mergarium {

/// The runs of a sweep in the order in which they are carried out, and how far each is.
class SweepRunsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { ArmColumn, SeedColumn, StateColumn, EvaluationsColumn, RateColumn, TestColumn, Columns };

    using QAbstractTableModel::QAbstractTableModel;

    /// Null empties the table. `progress` has as many runs as the sweep.
    void show(const SweepPtr& sweep, const SweepProgressPtr& progress);
    /// Of the sweep that is shown; says what has changed and nothing else.
    void setProgress(const SweepProgressPtr& progress);
    /// Absent until the run is in the database.
    std::optional<RunId> run(int row) const;
    /// The first that is going on.
    std::optional<int> goingRow() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(std::size_t row, int column) const;
    QVariant value(std::size_t row, int column) const;

    SweepPtr sweep_;
    SweepProgressPtr progress_;
};

}  // namespace mergarium
