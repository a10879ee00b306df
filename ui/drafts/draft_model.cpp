#include "ui/drafts/draft_model.h"

#include "ui/table/column_header.h"

#include <utility>

namespace mergarium {

void DraftModel::setDrafts(std::vector<Draft> drafts) {
    std::vector<std::uint64_t> keys;
    for (const auto& draft : drafts) keys.push_back(static_cast<std::uint64_t>(draft.id));
    replaceRows(std::move(keys), [&] { drafts_ = std::move(drafts); });
}

const Draft* DraftModel::draft(int row) const {
    return row >= 0 && row < static_cast<int>(drafts_.size()) ? &drafts_[static_cast<std::size_t>(row)] : nullptr;
}

int DraftModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant DraftModel::data(const QModelIndex& index, int role) const {
    const auto* one = index.isValid() ? draft(index.row()) : nullptr;
    if (!one || (role != Qt::DisplayRole && role != Qt::EditRole)) return {};
    switch (index.column()) {
        case NameColumn: return QString::fromStdString(one->name);
        case KindColumn: return one->kind == DraftKind::Run ? tr("Run") : tr("Sweep");
        case ChangedColumn:
            return one->open ? tr("%1, being edited").arg(QString::fromStdString(one->changed))
                             : QString::fromStdString(one->changed);
        default: return {};
    }
}

QVariant DraftModel::headerData(int section, Qt::Orientation orientation, int role) const {
    return headerOf(
        {
            {tr("Draft"), tr("Its name: what it sets up, or as it was renamed (F2)."), Qt::AlignLeft},
            {tr("Of"), tr("A run or a sweep."), Qt::AlignLeft},
            {tr("Changed"), tr("When it was last kept."), Qt::AlignLeft},
        },
        section, orientation, role);
}

Qt::ItemFlags DraftModel::flags(const QModelIndex& index) const {
    const auto flags = KeyedTable::flags(index);
    return index.column() == NameColumn ? flags | Qt::ItemIsEditable : flags;
}

bool DraftModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    const auto* one = index.isValid() ? draft(index.row()) : nullptr;
    const auto name = value.toString().trimmed();
    if (one && role == Qt::EditRole && !name.isEmpty() && name.toStdString() != one->name) Q_EMIT named(one->id, name);
    return false;
}

}  // namespace mergarium
