#pragma once

#include "core/trial/trial.h"

#include <QAbstractTableModel>

#include <cstddef>
#include <memory>

namespace mergarium {

/// A trial's founders, one a row, with what each scored and takes.
class TriedFounders : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    /// Null: none.
    void setTrial(std::shared_ptr<const Trial> trial);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& = {}) const override { return Columns; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    enum Column { NameColumn, ScoreColumn, TimeColumn, SizeColumn, Columns };
    std::shared_ptr<const Trial> trial_;
};

/// What one founder answered, one sample a row.
class TriedSamples : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    /// `founder`: index into the trial's; beyond them: none.
    void setFounder(std::shared_ptr<const Trial> trial, std::size_t founder);
    /// Null where there is no such row.
    const Attempt* attempt(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& = {}) const override { return Columns; }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    enum Column { SampleColumn, GroupColumn, ScoreColumn, AnswerColumn, ReferenceColumn, Columns };
    std::shared_ptr<const Trial> trial_;
    std::size_t founder_ = 0;
};

}  // namespace mergarium
