#pragma once

#include "core/run/snapshot.h"
#include "core/store/run_catalog.h"
#include "ui/table/keyed_table.h"

#include <vector>

namespace mergarium {

/// The stored runs, newest first; what the computing run shows of itself goes before what is stored of it. Keys are run
/// numbers.
class RunsModel : public KeyedTable {
    Q_OBJECT

public:
    enum Column {
        NumberColumn,
        NameColumn,
        StatusColumn,
        TestColumn,
        CurveColumn,
        EvaluationsColumn,
        SweepColumn,
        SeedColumn,
        DurationColumn,
        CreatedColumn,
        NotesColumn,
        Columns
    };
    /// The sparkline's points, a QList<float> of best training scores in [0, 1].
    static constexpr int CurveRole = Qt::UserRole;
    /// What a column is sorted by: a number or a text.
    static constexpr int SortRole = Qt::UserRole + 1;
    /// The notes with all their lines.
    static constexpr int NotesRole = Qt::UserRole + 2;

    using KeyedTable::KeyedTable;

    void setRuns(std::vector<RunSummary> runs);
    /// Null when nothing computes.
    void setLive(const SnapshotPtr& live);
    /// Null when there is no such row.
    const RunSummary* run(int row) const;

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(const RunSummary& run, int column) const;
    /// All that the columns say, a line each.
    QString wholeText(const RunSummary& run) const;
    QVariant sortValue(const RunSummary& run, int column) const;
    QVariant value(const RunSummary& run, int column) const;
    bool isLive(const RunSummary& run) const;
    RunSummary current(const RunSummary& stored) const;

    /// As they are now: stored, and for the computing run overlaid with what it shows.
    std::vector<RunSummary> runs_;
    SnapshotPtr live_;
};

}  // namespace mergarium
