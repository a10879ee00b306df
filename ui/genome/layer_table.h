#pragma once

#include "core/run/snapshot.h"
#include "ui/table/keyed_table.h"

#include <QString>

#include <cstdint>
#include <vector>

namespace mergarium {

/// How much of a member each founder contributes, layer by layer.
struct LayerShares {
    struct Row {
        QString layer;
        std::uint64_t parameters = 0;
        /// One per founder, in [0, 1].
        std::vector<float> shares;
    };

    std::vector<QString> founders;
    /// In the order of the parameter vector, the whole vector first; none where the member's recipe isn't known.
    std::vector<Row> rows;
};

/// Pure, for a worker thread.
LayerShares layerShares(const SnapshotPtr& snapshot, MemberId member);

/// One row per layer, one column per founder; keys are the rows' numbers.
class LayerTable : public KeyedTable {
    Q_OBJECT

public:
    enum Column { LayerColumn, ParametersColumn, FirstFounderColumn };

    using KeyedTable::KeyedTable;

    void setShares(LayerShares shares);

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    LayerShares shares_;
};

}  // namespace mergarium
