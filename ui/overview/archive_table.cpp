#include "ui/overview/archive_table.h"

#include "ui/members/member_text.h"
#include "ui/members/sole_solvers.h"
#include "ui/session/run_text.h"
#include "ui/table/column_header.h"
#include "ui/table/file_rows.h"
#include "ui/theme/theme.h"

#include <algorithm>

namespace mergarium {
namespace {

const QString kUnknown = QStringLiteral("\u2013");

/// What a column is sorted by; absent sorts last whichever way.
std::optional<double> sortValue(const ArchiveRow& row, int column) {
    const auto number = [](auto value) { return std::optional<double>(static_cast<double>(value)); };
    switch (column) {
        case ArchiveTable::FitnessColumn: return row.fitness;
        case ArchiveTable::TrainColumn: return row.member->scores.mean();
        case ArchiveTable::TestColumn: return row.test;
        case ArchiveTable::AgeColumn: return number(row.age);
        case ArchiveTable::BornColumn: return number(row.member->born);
        case ArchiveTable::AloneColumn: return number(row.solvedAlone);
        case ArchiveTable::ParentsColumn:
            return row.member->parentage ? number(row.member->parentage->first.value) : std::nullopt;
        default: return number(row.member->id.value);
    }
}

}  // namespace

std::vector<ArchiveRow> archiveRows(const SessionSnapshot& snapshot) {
    const auto scores = scoreRows(snapshot);
    std::size_t samples = 0;
    for (const auto& row : scores) samples = std::max(samples, row.size());
    const auto alone = solvedAlone(scores, samples);

    std::vector<ArchiveRow> rows;
    for (std::size_t slot = 0; slot < snapshot.members.size(); ++slot) {
        const auto& member = snapshot.members[slot];
        if (!member) continue;
        rows.push_back({.member = member,
                        .fitness = slot < snapshot.fitness.size() ? snapshot.fitness[slot] : 0.0,
                        .test = slot < snapshot.test.size() ? snapshot.test[slot] : std::nullopt,
                        .age = snapshot.evaluations - std::min(member->born, snapshot.evaluations),
                        .solvedAlone = alone[slot].size()});
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.member->id < b.member->id; });
    return rows;
}

void ArchiveTable::setRows(std::vector<ArchiveRow> rows, std::uint64_t vectorLength) {
    vectorLength_ = vectorLength;
    arrange(std::move(rows));
}

void ArchiveTable::clear() {
    replaceRows({}, [this] { rows_.clear(); });
}

int ArchiveTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant ArchiveTable::data(const QModelIndex& index, int role) const {
    const auto row = static_cast<std::size_t>(index.row());
    if (!index.isValid() || row >= rows_.size()) return {};
    switch (role) {
        case Qt::DisplayRole: return text(rows_[row], index.column());
        case kValueRole: return value(rows_[row], index.column());
        case Qt::TextAlignmentRole:
            return QVariant::fromValue((index.column() == ParentsColumn ? Qt::AlignLeft : Qt::AlignRight) |
                                       Qt::AlignVCenter);
        case Qt::ToolTipRole:
            if (index.column() != ParentsColumn || !rows_[row].member->parentage) return {};
            return tr("%3.\n%1 weighs the mixing ratio before the first split point, one minus the ratio from there to "
                      "the "
                      "next, "
                      "and so on in turn; %2 weighs the rest.")
                .arg(memberText(rows_[row].member->parentage->second), memberText(rows_[row].member->parentage->first),
                     text(rows_[row], ParentsColumn));
        default: return {};
    }
}

QString ArchiveTable::text(const ArchiveRow& row, int column) const {
    switch (column) {
        case MemberColumn: return memberText(row.member->id);
        case FitnessColumn: return numberText(row.fitness, 2);
        case TrainColumn: return percentNumber(row.member->scores.mean());
        case TestColumn: return row.test ? percentNumber(*row.test) : kUnknown;
        case AgeColumn: return countText(row.age);
        case BornColumn: return countText(row.member->born);
        case ParentsColumn: return parentageText(*row.member, vectorLength_);
        case AloneColumn: return countText(row.solvedAlone);
        default: return {};
    }
}

QVariant ArchiveTable::value(const ArchiveRow& row, int column) const {
    switch (column) {
        case MemberColumn: return static_cast<qulonglong>(row.member->id.value);
        case FitnessColumn: return row.fitness;
        case TrainColumn: return 100.0 * row.member->scores.mean();
        case TestColumn: return row.test ? QVariant(100.0 * *row.test) : QString();
        case AgeColumn: return static_cast<qulonglong>(row.age);
        case BornColumn: return static_cast<qulonglong>(row.member->born);
        case AloneColumn: return static_cast<qulonglong>(row.solvedAlone);
        default: return text(row, column);
    }
}

QVariant ArchiveTable::headerData(int section, Qt::Orientation orientation, int role) const {
    return headerOf(
        {
            {tr("Member"), tr("The member's number within this run: founders first, then children in order of birth.")},
            {tr("Fitness"),
             tr("What the member earns in competition: the sum of its shares s/z over all training samples.")},
            {tr("Train (%)"), tr("Mean score on the training samples.")},
            {tr("Test (%)"), tr("Mean score on held-out samples; a dash where it was not measured.")},
            {tr("Alone"), tr("Training samples that this member solves and no other member does."), Qt::AlignRight,
             tr("Solved alone (samples)")},
            {tr("Age"), tr("Evaluations since the member was born."), Qt::AlignRight, tr("Age (evaluations)")},
            {tr("Born"), tr("The evaluation at which the member was born; 0 for founders."), Qt::AlignRight,
             tr("Born (step)")},
            {tr("Parents"), tr("Who was merged, where the parameter vector was split (0 to 1), and the mixing ratio."),
             Qt::AlignLeft},
        },
        section, orientation, role);
}

void ArchiveTable::sort(int column, Qt::SortOrder order) {
    sortColumn_ = column;
    sortOrder_ = order;
    auto rows = rows_;
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.member->id < b.member->id; });
    arrange(std::move(rows));
}

void ArchiveTable::arrange(std::vector<ArchiveRow> rows) {
    std::stable_sort(rows.begin(), rows.end(), [this](const auto& a, const auto& b) {
        const auto x = sortValue(a, sortColumn_);
        const auto y = sortValue(b, sortColumn_);
        if (!x || !y) return x.has_value() && !y.has_value();
        return sortOrder_ == Qt::AscendingOrder ? *x < *y : *x > *y;
    });
    std::vector<std::uint64_t> keys;
    for (const auto& row : rows) keys.push_back(row.member->id.value);
    replaceRows(std::move(keys), [&] { rows_ = std::move(rows); });
}

}  // namespace mergarium
