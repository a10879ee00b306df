#pragma once

#include "ui/compare/comparison_measure.h"
#include "ui/table/file_rows.h"

#include <QAbstractTableModel>

#include <memory>
#include <set>

namespace mergarium {

/// The arms at the end of their budget, in the order of the comparison; a box hides or shows an arm's curve.
class CompareTable : public QAbstractTableModel, public FileTable {
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

    /// Null empties the table. What is selected or hidden stays so while the arms are the same.
    void show(std::shared_ptr<const Comparison> comparison, std::size_t measure);
    /// The arms whose box is not checked.
    const std::set<std::size_t>& hidden() const { return hidden_; }

    /// A number a column, with its error and interval in columns of their own.
    FileRows fileRows() const override;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

Q_SIGNALS:
    void hiddenChanged();

private:
    QString text(const ArmResult& arm, int column) const;

    std::shared_ptr<const Comparison> comparison_;
    std::size_t measure_ = 0;
    std::set<std::size_t> hidden_;
};

}  // namespace mergarium
