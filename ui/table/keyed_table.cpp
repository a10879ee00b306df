#include "ui/table/keyed_table.h"

#include <algorithm>
#include <unordered_map>

namespace mergarium {

int KeyedTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(keys_.size());
}

std::optional<std::uint64_t> KeyedTable::keyOf(int row) const {
    return row >= 0 && row < rowCount() ? keys_[static_cast<std::size_t>(row)] : std::nullopt;
}

std::optional<int> KeyedTable::rowOf(std::uint64_t key) const {
    const auto found = std::find(keys_.begin(), keys_.end(), key);
    if (found == keys_.end()) return {};
    return static_cast<int>(found - keys_.begin());
}

void KeyedTable::replaceRows(std::vector<std::uint64_t> keys, const std::function<void()>& change) {
    if (keys.size() < keys_.size()) {
        beginResetModel();
        change();
        keys_.assign(keys.begin(), keys.end());
        endResetModel();
        return;
    }
    if (keys.size() > keys_.size()) addRows(keys.size() - keys_.size());
    if (keys_.empty()) return;

    if (std::equal(keys.begin(), keys.end(), keys_.begin(), keys_.end())) {
        change();
    } else {
        Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
        const auto before = keys_;
        change();
        keys_.assign(keys.begin(), keys.end());
        movePersistentIndexes(before);
        Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
    }
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

void KeyedTable::addRows(std::size_t count) {
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(count) - 1);
    keys_.resize(keys_.size() + count);
    endInsertRows();
}

void KeyedTable::movePersistentIndexes(const std::vector<std::optional<std::uint64_t>>& before) {
    const auto from = persistentIndexList();
    if (from.isEmpty()) return;
    std::unordered_map<std::uint64_t, int> rows;
    for (int row = 0; row < rowCount(); ++row) rows[*keys_[static_cast<std::size_t>(row)]] = row;
    QModelIndexList to;
    for (const auto& index : from) {
        const auto key = before[static_cast<std::size_t>(index.row())];
        const auto found = key ? rows.find(*key) : rows.end();
        to.append(found == rows.end() ? QModelIndex() : createIndex(found->second, index.column()));
    }
    changePersistentIndexList(from, to);
}

}  // namespace mergarium
