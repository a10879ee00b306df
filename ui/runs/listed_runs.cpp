#include "ui/runs/listed_runs.h"

#include "ui/session/run_text.h"

#include <algorithm>
#include <utility>

namespace mergarium {
namespace {

constexpr std::uint64_t kFirstSweep = std::uint64_t{1} << 63;

}  // namespace

ListedRuns::ListedRuns(RunsModel& runs, QObject* parent) : KeyedTable(parent), runs_(runs) {
    connect(&runs_, &QAbstractItemModel::modelReset, this, &ListedRuns::arrange);
    connect(&runs_, &QAbstractItemModel::layoutChanged, this, &ListedRuns::arrange);
    connect(&runs_, &QAbstractItemModel::dataChanged, this, &ListedRuns::noticeChange);
}

void ListedRuns::search(const QString& words) {
    words_ = words.simplified().toLower().split(' ', Qt::SkipEmptyParts);
    arrange();
}

void ListedRuns::setGrouped(bool grouped) {
    if (std::exchange(grouped_, grouped) != grouped) arrange();
}

void ListedRuns::sort(int column, Qt::SortOrder order) {
    sortColumn_ = column < 0 ? RunsModel::NumberColumn : column;
    order_ = column < 0 ? Qt::DescendingOrder : order;
    arrange();
}

bool ListedRuns::isFound(int run) const {
    QString all;
    for (const int column : {RunsModel::NumberColumn, RunsModel::NameColumn, RunsModel::SweepColumn,
                             RunsModel::SeedColumn, RunsModel::StatusColumn, RunsModel::NotesColumn})
        all += runs_.index(run, column).data().toString().toLower() + '\n';
    return std::ranges::all_of(words_, [&](const QString& word) { return all.contains(word); });
}

/// What computes changes twenty times a second, and moves nobody unless the list is sorted by what changes.
void ListedRuns::noticeChange(const QModelIndex& first, const QModelIndex& last) {
    const bool stays = sortColumn_ == RunsModel::NumberColumn || sortColumn_ == RunsModel::NameColumn ||
                       sortColumn_ == RunsModel::SweepColumn || sortColumn_ == RunsModel::SeedColumn ||
                       sortColumn_ == RunsModel::CreatedColumn || sortColumn_ == RunsModel::NotesColumn;
    const auto* changed = runs_.run(first.row());
    if (!stays || !words_.isEmpty() || first.row() != last.row() || !changed) return arrange();
    if (const auto row = rowOf(static_cast<std::uint64_t>(changed->id.value)))
        Q_EMIT dataChanged(index(*row, 0), index(*row, columnCount() - 1));
}

bool ListedRuns::isOpen(const Row& row) const {
    // What is searched for is seen.
    return !words_.isEmpty() || open_.contains(row.sweep);
}

std::uint64_t ListedRuns::keyOfSweep(const std::string& sweep) {
    return sweeps_.try_emplace(sweep, kFirstSweep + sweeps_.size()).first->second;
}

void ListedRuns::arrange() {
    std::vector<int> found;
    for (int run = 0; run < runs_.rowCount(); ++run)
        if (runs_.run(run) && isFound(run)) found.push_back(run);
    std::map<int, QVariant> values;
    for (const int run : found) values[run] = runs_.index(run, sortColumn_).data(RunsModel::SortRole);
    std::ranges::stable_sort(found, [&](int a, int b) {
        const auto order = QVariant::compare(values[a], values[b]);
        return order == (order_ == Qt::AscendingOrder ? QPartialOrdering::Less : QPartialOrdering::Greater);
    });

    std::vector<Row> groups;
    std::map<std::string, std::size_t> groupOf;
    for (const int run : found) {
        const auto& sweep = runs_.run(run)->sweep;
        if (!grouped_ || sweep.empty()) {
            groups.push_back({.run = run, .sweep = {}});
            continue;
        }
        const auto [group, isNew] = groupOf.try_emplace(sweep, groups.size());
        if (isNew) groups.push_back({.run = {}, .sweep = sweep});
        groups[group->second].members.push_back(run);
    }
    std::vector<Row> rows;
    std::vector<std::uint64_t> keys;
    const auto add = [&](Row row) {
        keys.push_back(row.run ? static_cast<std::uint64_t>(runs_.run(*row.run)->id.value) : keyOfSweep(row.sweep));
        rows.push_back(std::move(row));
    };
    for (auto& group : groups) {
        const auto members = group.members;
        const bool open = !group.run && isOpen(group);
        add(std::move(group));
        if (open)
            for (const int run : members) add({.run = run, .sweep = {}});
    }
    replaceRows(std::move(keys), [&] { rows_ = std::move(rows); });
    Q_EMIT arranged();
}

Qt::ItemFlags ListedRuns::flags(const QModelIndex& index) const {
    const auto flags = KeyedTable::flags(index);
    const bool written = index.column() == RunsModel::NameColumn || index.column() == RunsModel::NotesColumn;
    return run(index.row()) && written ? flags | Qt::ItemIsEditable : flags;
}

const RunSummary* ListedRuns::run(int row) const {
    if (row < 0 || row >= static_cast<int>(rows_.size())) return nullptr;
    const auto& one = rows_[static_cast<std::size_t>(row)];
    return one.run ? runs_.run(*one.run) : nullptr;
}

const std::string* ListedRuns::sweep(int row) const {
    if (row < 0 || row >= static_cast<int>(rows_.size())) return nullptr;
    const auto& one = rows_[static_cast<std::size_t>(row)];
    return one.run ? nullptr : &one.sweep;
}

std::vector<RunId> ListedRuns::runsOf(int row) const {
    std::vector<RunId> ids;
    if (sweep(row))
        for (const int run : rows_[static_cast<std::size_t>(row)].members) ids.push_back(runs_.run(run)->id);
    return ids;
}

void ListedRuns::fold(int row) {
    const auto* name = sweep(row);
    if (!name) return;
    if (!open_.erase(*name)) open_.insert(*name);
    arrange();
}

std::optional<int> ListedRuns::reveal(RunId run) {
    const auto key = static_cast<std::uint64_t>(run.value);
    if (const auto row = rowOf(key)) return row;
    const auto source = runs_.rowOf(key);
    if (!source || !isFound(*source)) return std::nullopt;
    open_.insert(runs_.run(*source)->sweep);
    arrange();
    return rowOf(key);
}

QString ListedRuns::sweepText(const Row& row) const {
    const auto finished =
        std::ranges::count_if(row.members, [this](int run) { return runs_.run(run)->phase == Phase::Finished; });
    return tr("%1 %2: %3 of %4 runs finished")
        .arg(isOpen(row) ? QChar(0x25be) : QChar(0x25b8))
        .arg(QString::fromStdString(row.sweep))
        .arg(finished)
        .arg(row.members.size());
}

QVariant ListedRuns::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= static_cast<int>(rows_.size())) return {};
    const auto& row = rows_[static_cast<std::size_t>(index.row())];
    if (row.run) return runs_.index(*row.run, index.column()).data(role);
    if (index.column() != 0) return {};
    switch (role) {
        case Qt::DisplayRole: return sweepText(row);
        case Qt::ToolTipRole: return tr("Enter shows or hides the runs of this sweep.");
        case Qt::TextAlignmentRole: return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
        default: return {};
    }
}

FileRows ListedRuns::fileRows() const {
    std::vector<int> runs;
    for (const auto& row : rows_) {
        if (row.run) runs.push_back(*row.run);
        if (!row.run && !isOpen(row)) runs.insert(runs.end(), row.members.begin(), row.members.end());
    }
    QStringList heads;
    for (int column = 0; column < columnCount(); ++column)
        heads << headerData(column, Qt::Horizontal, kValueRole).toString();
    std::vector<QVariantList> rows;
    for (const int run : runs) {
        auto& values = rows.emplace_back();
        for (int column = 0; column < columnCount(); ++column) values << runs_.index(run, column).data(kValueRole);
    }
    return fileRowsOf(std::move(heads), std::move(rows));
}

QVariant ListedRuns::headerData(int section, Qt::Orientation orientation, int role) const {
    return runs_.headerData(section, orientation, role);
}

}  // namespace mergarium
