#pragma once

#include <QStringList>

class QTableView;
class QWidget;

namespace mergarium {

class EntriesModel;

/// A table that is edited in place: typing overwrites a cell, Delete removes the row. `keys` are proposed in the first
/// column while one types; none: anything goes.
QTableView* makeEntriesTable(EntriesModel* model, const QStringList& keys, QWidget* parent);

}  // namespace mergarium
