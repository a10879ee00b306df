#pragma once

#include <QString>
#include <QVariant>

#include <initializer_list>

namespace mergarium {

/// What a table says at the head of a column.
struct ColumnHeader {
    QString name;
    /// Shown when somebody points at it.
    QString meaning;
    /// As the column's cells.
    Qt::Alignment alignment = Qt::AlignRight;
    /// What it is called where its cells lose their units (kValueRole); empty: the same.
    QString withUnit = {};
};

/// For QAbstractItemModel::headerData, in its roles and kValueRole: what the header of column `section` says in `role`;
/// rows have none.
QVariant headerOf(std::initializer_list<ColumnHeader> columns, int section, Qt::Orientation orientation, int role);

}  // namespace mergarium
