#pragma once

#include "core/sweeps/sweep_draft.h"

#include <QAbstractTableModel>
#include <QString>

#include <vector>

namespace mergarium {

/// Names and what stands behind them, to be edited in place. The last row is always empty: what is typed into it
/// becomes an entry.
class EntriesModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { KeyColumn, ValueColumn, Columns };
    using Entries = std::vector<SweepDraft::Entry>;

    /// What a column holds: its header, what the header means, and what the empty row says.
    struct Words {
        QString header;
        QString meaning;
        QString invitation;
    };
    EntriesModel(Words key, Words value, QObject* parent);

    void setEntries(const Entries& entries);
    /// Without those that say nothing.
    Entries entries() const;
    /// The empty row can't be removed.
    void remove(int row);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

Q_SIGNALS:
    /// By a person.
    void edited();

private:
    bool isEmptyRow(int row) const { return row == static_cast<int>(entries_.size()); }

    std::vector<Words> words_;
    Entries entries_;
};

}  // namespace mergarium
