#pragma once

#include "core/run/snapshot.h"
#include "ui/table/keyed_table.h"

#include <QString>
#include <QStyledItemDelegate>

#include <vector>

namespace mergarium {

/// What a member does on a sample, and what it gets of it.
struct Solver {
    MemberId member;
    double score = 0.0;
    /// s/z in [0, 1].
    double share = 0.0;
    /// Null where none is known.
    QString answer = {};
    /// It is being computed.
    bool awaited = false;
};

/// Those who solve a sample, largest share first, then oldest first.
std::vector<Solver> solversOf(const SessionSnapshot& snapshot, std::size_t sample);
/// All members, whether they solve it or not, in that order.
std::vector<Solver> answersTo(const SessionSnapshot& snapshot, std::size_t sample);
/// z: the sum of all members' scores on a sample.
double nicheTotal(const SessionSnapshot& snapshot, std::size_t sample);

/// The solvers of one sample; keys are member ids.
class SolverTable : public KeyedTable {
    Q_OBJECT

public:
    enum Column { MemberColumn, ScoreColumn, ShareColumn, AnswerColumn, Columns };
    /// The share as a number in [0, 1], for the bar.
    static constexpr int kShareRole = Qt::UserRole;

    using KeyedTable::KeyedTable;

    void setSolvers(std::vector<Solver> solvers);
    /// Null when there is no such row.
    const Solver* solver(int row) const;

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<Solver> solvers_;
};

/// Paints a share as a bar of the cell's length with its number.
class ShareDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace mergarium
