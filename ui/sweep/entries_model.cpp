#include "ui/sweep/entries_model.h"

#include "ui/table/column_header.h"

#include <QFont>
#include <QGuiApplication>
#include <QPalette>

#include <utility>

namespace mergarium {

EntriesModel::EntriesModel(Words key, Words value, QObject* parent)
    : QAbstractTableModel(parent), words_{std::move(key), std::move(value)} {}

void EntriesModel::setEntries(const Entries& entries) {
    if (entries == this->entries()) return;
    beginResetModel();
    entries_ = entries;
    endResetModel();
}

EntriesModel::Entries EntriesModel::entries() const {
    auto said = entries_;
    std::erase_if(said, [](const auto& one) { return one.key.empty() && one.value.empty(); });
    return said;
}

void EntriesModel::remove(int row) {
    if (row < 0 || row >= static_cast<int>(entries_.size())) return;
    beginRemoveRows({}, row, row);
    entries_.erase(entries_.begin() + row);
    endRemoveRows();
    Q_EMIT edited();
}

int EntriesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(entries_.size()) + 1;
}

int EntriesModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant EntriesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const auto column = static_cast<std::size_t>(index.column());
    if (isEmptyRow(index.row())) {
        if (role == Qt::DisplayRole) return words_[column].invitation;
        if (role == Qt::FontRole) {
            QFont font;
            font.setItalic(true);
            return font;
        }
        if (role == Qt::ForegroundRole) return QGuiApplication::palette().color(QPalette::PlaceholderText);
        return {};
    }
    const auto& entry = entries_[static_cast<std::size_t>(index.row())];
    if (role == Qt::DisplayRole || role == Qt::EditRole || role == Qt::ToolTipRole)
        return QString::fromStdString(index.column() == KeyColumn ? entry.key : entry.value);
    return {};
}

QVariant EntriesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    const auto header = [&](int column) {
        const auto& words = words_[static_cast<std::size_t>(column)];
        return ColumnHeader{words.header, words.meaning, Qt::AlignLeft};
    };
    return headerOf({header(KeyColumn), header(ValueColumn)}, section, orientation, role);
}

Qt::ItemFlags EntriesModel::flags(const QModelIndex& index) const {
    const auto flags = QAbstractTableModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsEditable : flags;
}

bool EntriesModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || role != Qt::EditRole) return false;
    const auto text = value.toString().simplified().toStdString();
    if (isEmptyRow(index.row())) {
        if (text.empty()) return false;
        // The new entry comes before the empty row, which moves down.
        beginInsertRows({}, index.row(), index.row());
        entries_.emplace_back();
        (index.column() == KeyColumn ? entries_.back().key : entries_.back().value) = text;
        endInsertRows();
    } else {
        auto& entry = entries_[static_cast<std::size_t>(index.row())];
        auto& cell = index.column() == KeyColumn ? entry.key : entry.value;
        if (std::exchange(cell, text) == text) return true;
        Q_EMIT dataChanged(index, index);
    }
    Q_EMIT edited();
    return true;
}

}  // namespace mergarium
