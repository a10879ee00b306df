#pragma once

#include "core/run/snapshot.h"
#include "ui/table/keyed_table.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace mergarium {

/// What the archive table says of one member.
struct ArchiveRow {
    MemberPtr member;
    double fitness = 0.0;
    std::optional<double> test;
    /// Evaluations since its birth.
    std::uint64_t age = 0;
    /// Samples that no other member solves.
    std::size_t solvedAlone = 0;
};

/// The members present, oldest first. Pure; O(members x samples).
std::vector<ArchiveRow> archiveRows(const SessionSnapshot& snapshot);

/// The archive as a table, kept sorted; equal rows keep the order of their ids. Keys are member ids.
class ArchiveTable : public KeyedTable {
    Q_OBJECT

public:
    enum Column {
        MemberColumn,
        FitnessColumn,
        TrainColumn,
        TestColumn,
        AloneColumn,
        AgeColumn,
        BornColumn,
        ParentsColumn,
        Columns
    };

    using KeyedTable::KeyedTable;

    /// `rows` oldest first; `vectorLength` is the parameter vector's.
    void setRows(std::vector<ArchiveRow> rows, std::uint64_t vectorLength);
    void clear();

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

private:
    void arrange(std::vector<ArchiveRow> oldestFirst);
    QString text(const ArchiveRow& row, int column) const;
    QVariant value(const ArchiveRow& row, int column) const;

    std::vector<ArchiveRow> rows_;
    std::uint64_t vectorLength_ = 0;
    int sortColumn_ = FitnessColumn;
    Qt::SortOrder sortOrder_ = Qt::DescendingOrder;
};

}  // namespace mergarium
