#pragma once

#include "ui/compare/comparison_measure.h"

#include <QAbstractTableModel>

#include <memory>

namespace mergarium {

/// The arms at the end of their budget, in the order of the comparison.
class CompareTable : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        ArmColumn,
        RunsColumn,
        EndColumn,
        IntervalColumn,
        AreaColumn,
        DifferenceColumn,
        ProbabilityColumn,
        PublishedColumn,
        Columns
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Null empties the table.
    void show(std::shared_ptr<const Comparison> comparison, std::size_t measure);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(const ArmResult& arm, int column) const;

    std::shared_ptr<const Comparison> comparison_;
    std::size_t measure_ = 0;
};

}  // namespace mergarium
