#pragma once

#include "ui/queue/queue_desk.h"
#include "ui/table/keyed_table.h"

namespace mergarium {

/// The runs that wait, the next above. Keys are their entries.
class QueueModel : public KeyedTable {
    Q_OBJECT

public:
    enum Column { RunColumn, StateColumn, Columns };

    using KeyedTable::KeyedTable;

    void setState(const QueueState& state);
    /// Null when there is no such row.
    const QueuedRun* run(int row) const;

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(const QueuedRun& run, int column) const;

    QueueState state_;
};

}  // namespace mergarium
