#pragma once

#include "ui/runs/runs_model.h"
#include "ui/table/file_rows.h"

#include <QStringList>

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mergarium {

/// The runs as the list shows them: those that were searched for, sorted by a column, and where wished those of a sweep
/// together below a line of their own, which folds them. Columns are those of RunsModel; a sweep's line says its words
/// in the first. Keys are run numbers, and numbers above all of them for sweeps.
class ListedRuns : public KeyedTable, public FileTable {
    Q_OBJECT

public:
    explicit ListedRuns(RunsModel& runs, QObject* parent = nullptr);

    /// Runs of which a column contains every one of the words; none: all.
    void search(const QString& words);
    void setGrouped(bool grouped);
    bool isGrouped() const { return grouped_; }
    void sort(int column, Qt::SortOrder order) override;

    /// Null for a sweep's line and where there is no such row.
    const RunSummary* run(int row) const;
    /// Of a sweep's line; null for a run.
    const std::string* sweep(int row) const;
    /// Of a sweep's line the runs that are folded away or listed below it.
    std::vector<RunId> runsOf(int row) const;
    /// Folds a sweep's runs, or unfolds them.
    void fold(int row);
    /// The row of a run, unfolding what hides it; absent where it isn't listed.
    std::optional<int> reveal(RunId run);

    int columnCount(const QModelIndex& parent = {}) const override { return runs_.columnCount(parent); }
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// The runs, also those that are folded away.
    FileRows fileRows() const override;
    /// Names and notes can be typed over; who asks for it decides when.
    Qt::ItemFlags flags(const QModelIndex& index) const override;

Q_SIGNALS:
    /// Rows may have changed places.
    void arranged();

private:
    struct Row {
        /// Of the model; absent for a sweep.
        std::optional<int> run;
        std::string sweep;
        /// Of the model, of a sweep's runs that were found.
        std::vector<int> members = {};
    };

    void arrange();
    bool isFound(int run) const;
    bool isOpen(const Row& row) const;
    void noticeChange(const QModelIndex& first, const QModelIndex& last);
    QString sweepText(const Row& row) const;
    std::uint64_t keyOfSweep(const std::string& sweep);

    RunsModel& runs_;
    std::vector<Row> rows_;
    QStringList words_;
    bool grouped_ = true;
    /// Sweeps whose runs are seen.
    std::set<std::string> open_;
    std::map<std::string, std::uint64_t> sweeps_;
    int sortColumn_ = RunsModel::NumberColumn;
    Qt::SortOrder order_ = Qt::DescendingOrder;
};

}  // namespace mergarium
