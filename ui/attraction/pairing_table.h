#pragma once

#include "core/run/snapshot.h"
#include "ui/table/keyed_table.h"

#include <optional>
#include <vector>

namespace mergarium {

/// The latest pairings, newest first; keys are steps.
class PairingTable : public KeyedTable {
    Q_OBJECT

public:
    enum Column { StepColumn, FirstColumn, SecondColumn, TrainColumn, OutcomeColumn, ReplacedColumn, Columns };

    using KeyedTable::KeyedTable;

    /// `pairings` oldest first, as snapshots hold them.
    void setPairings(const std::vector<Pairing>& pairings);
    std::optional<Pairing> pairingAt(int row) const;
    std::optional<int> rowOfChild(MemberId child) const;

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<Pairing> newestFirst_;
};

/// "1,204 of 4,213 children were accepted (28.6 %); of the latest 200, 31."
QString acceptanceText(const SessionSnapshot& snapshot);

}  // namespace mergarium
