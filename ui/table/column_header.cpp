#include "ui/table/column_header.h"

#include "ui/table/file_rows.h"

#include <cstddef>

namespace mergarium {

QVariant headerOf(std::initializer_list<ColumnHeader> columns, int section, Qt::Orientation orientation, int role) {
    if (orientation != Qt::Horizontal || section < 0 || static_cast<std::size_t>(section) >= columns.size()) return {};
    const auto& column = columns.begin()[section];
    switch (role) {
        case Qt::DisplayRole: return column.name;
        case kValueRole: return column.withUnit.isEmpty() ? column.name : column.withUnit;
        case Qt::ToolTipRole: return column.meaning;
        case Qt::TextAlignmentRole: return QVariant::fromValue(column.alignment | Qt::AlignVCenter);
        default: return {};
    }
}

}  // namespace mergarium
