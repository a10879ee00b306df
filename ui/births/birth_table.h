#pragma once

#include "ui/births/birth_sight.h"
#include "ui/table/file_rows.h"

#include <QAbstractTableModel>

#include <memory>

namespace mergarium {

class LatestWorker;

/// A run's births as a table of any length: the rows are counted, and those that are looked at are read on a thread of
/// its own. A row that isn't there yet says so, and is filled when it is.
class BirthTable : public QAbstractTableModel, public FileTable {
    Q_OBJECT

public:
    enum Column {
        StepColumn,
        FirstColumn,
        SecondColumn,
        ChildColumn,
        TrainColumn,
        OutcomeColumn,
        OriginColumn,
        ReplacedColumn,
        ScoredColumn,
        SpliceColumn,
        FailureColumn,
        Columns
    };
    /// What a table of Qt can hold without taking hundreds of megabytes.
    static constexpr std::uint64_t kMostRows = 10'000'000;

    explicit BirthTable(std::filesystem::path database, QObject* parent = nullptr);
    ~BirthTable() override;

    /// Absent: the table is empty.
    void setRun(std::optional<RunId> run);
    /// The order is the table's own: see sort.
    void setQuery(BirthQuery query);
    /// The rows that are on the screen.
    void setVisible(int first, int rows);
    /// More births may be stored than there were.
    void refresh();
    /// `markedRow` is to be that of this birth.
    void mark(std::optional<std::uint64_t> step);
    /// `found` is to tell the row of this birth, or of the one next to it.
    void seek(std::uint64_t step);

    /// Absent where it isn't there yet.
    std::optional<Pairing> birthAt(int row) const;
    std::optional<int> markedRow() const { return markedRow_; }
    /// Whether what stands in the table is what was asked for.
    bool isReading() const { return !known_; }
    /// Births stored of the run, and those of them that pass.
    std::uint64_t stored() const { return stored_; }
    std::uint64_t count() const { return count_; }
    bool descending() const { return descending_; }
    const BirthQuery& query() const { return query_; }
    /// One sentence about what can't be read; empty where all can.
    const QString& problem() const { return problem_; }

    /// Every birth that passes, in the table's order, however many; read from the database as it is then.
    FileRows fileRows() const override;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// By step or by score; by anything else it isn't sorted.
    void sort(int column, Qt::SortOrder order) override;
    static bool sortsBy(int column) { return column == StepColumn || column == TrainColumn; }

Q_SIGNALS:
    /// Births have come in between: the row that was row `before` is row `now`.
    void shifted(int before, int now);
    /// Something was answered.
    void looked();
    void found(int row);

private:
    void ask();
    void askAnew();
    void receive(const BirthSight& sight);
    void take(const BirthSight& sight);
    void keep(const std::map<std::uint64_t, BirthPage>& pages);
    bool isMissing(std::uint64_t first, std::uint64_t rows) const;
    const Pairing* find(int row) const;
    QString text(const Pairing& birth, int column) const;

    std::filesystem::path database_;
    std::optional<RunId> run_;
    std::shared_ptr<BirthDesk> desk_;
    BirthQuery query_;
    bool descending_ = true;
    /// The query has been answered.
    bool known_ = false;
    QString problem_;
    std::uint64_t stored_ = 0;
    std::uint64_t count_ = 0;
    std::map<std::uint64_t, BirthPage> pages_;
    std::uint64_t first_ = 0, rows_ = 0;
    std::optional<std::uint64_t> marked_, sought_;
    std::optional<int> markedRow_;
    std::stop_source stop_;
    LatestWorker* worker_ = nullptr;
};

}  // namespace mergarium
