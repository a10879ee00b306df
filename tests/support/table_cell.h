#pragma once

#include <QAbstractItemModel>
#include <QString>

namespace mergarium::test {

/// What a cell of a table says.
inline QString cell(const QAbstractItemModel& model, int row, int column) {
    return model.index(row, column).data().toString();
}

}  // namespace mergarium::test
