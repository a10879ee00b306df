#pragma once

#include "core/drafts/drafts.h"
#include "ui/table/keyed_table.h"

#include <vector>

namespace mergarium {

/// The drafts, the latest first. Keys are their numbers.
class DraftModel : public KeyedTable {
    Q_OBJECT

public:
    enum Column { NameColumn, KindColumn, ChangedColumn, Columns };

    using KeyedTable::KeyedTable;

    void setDrafts(std::vector<Draft> drafts);
    /// Null when there is no such row.
    const Draft* draft(int row) const;

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// Names can be typed over.
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    /// Says what was typed instead of keeping it: the database is asked first.
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

Q_SIGNALS:
    void named(qint64 id, const QString& name);

private:
    std::vector<Draft> drafts_;
};

}  // namespace mergarium
