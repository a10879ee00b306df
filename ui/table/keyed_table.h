#pragma once

#include <QAbstractTableModel>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace mergarium {

/// A table whose rows have keys: when rows change places, what is selected follows its key. Changes are announced in
/// place; the model is reset only when rows become fewer.
class KeyedTable : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    std::optional<std::uint64_t> keyOf(int row) const;
    std::optional<int> rowOf(std::uint64_t key) const;

protected:
    /// Makes `keys` (no two alike) the rows from top to bottom; `change` puts their content in place. While rows are
    /// being added `data` is asked for rows that have no content yet, and answers nothing.
    void replaceRows(std::vector<std::uint64_t> keys, const std::function<void()>& change);

private:
    void addRows(std::size_t count);
    void movePersistentIndexes(const std::vector<std::optional<std::uint64_t>>& before);

    /// Absent in rows without content.
    std::vector<std::optional<std::uint64_t>> keys_;
};

}  // namespace mergarium
