#include "ui/compare/compare_table.h"

#include "core/comparison/tables.h"
#include "ui/compare/arm_colors.h"
#include "ui/table/column_header.h"

#include <QApplication>
#include <QFontMetrics>
#include <QPalette>

#include <algorithm>

namespace mergarium {
namespace {

const QString kUnknown = QStringLiteral("\u2013");

QString percent(double value) { return QString::number(100.0 * value, 'f', 1); }

QString meanText(const Summary& summary) {
    if (summary.count == 0) return kUnknown;
    if (summary.count == 1) return percent(summary.mean);
    return QStringLiteral("%1 \u00b1 %2").arg(percent(summary.mean), percent(summary.standardError));
}

}  // namespace

void CompareTable::show(std::shared_ptr<const Comparison> comparison, std::size_t measure) {
    const bool same = comparison_ && comparison &&
                      std::ranges::equal(comparison_->arms, comparison->arms, {}, &ArmResult::name, &ArmResult::name);
    if (!same) beginResetModel();
    comparison_ = std::move(comparison);
    measure_ = measure;
    if (same) {
        if (rowCount() > 0) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, Columns - 1));
        return;
    }
    hidden_.clear();
    endResetModel();
    Q_EMIT hiddenChanged();
}

int CompareTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !comparison_ ? 0 : static_cast<int>(comparison_->arms.size());
}

int CompareTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant CompareTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const auto arm = static_cast<std::size_t>(index.row());
    switch (role) {
        case Qt::DisplayRole: return text(comparison_->arms[arm], index.column());
        case Qt::ToolTipRole:
            return index.column() == ArmColumn ? QVariant(text(comparison_->arms[arm], ArmColumn)) : QVariant();
        case Qt::TextAlignmentRole:
            return QVariant::fromValue((index.column() == ArmColumn ? Qt::AlignLeft : Qt::AlignRight) |
                                       Qt::AlignVCenter);
        case Qt::DecorationRole:
            if (index.column() != ArmColumn) return {};
            return armSwatch(armStyle(arm, colorsOf(QApplication::palette())),
                             QFontMetrics(QApplication::font()).height());
        case Qt::CheckStateRole:
            return index.column() == ArmColumn ? QVariant(hidden_.contains(arm) ? Qt::Unchecked : Qt::Checked)
                                               : QVariant();
        default: return {};
    }
}

Qt::ItemFlags CompareTable::flags(const QModelIndex& index) const {
    const auto flags = QAbstractTableModel::flags(index);
    return index.isValid() && index.column() == ArmColumn ? flags | Qt::ItemIsUserCheckable : flags;
}

bool CompareTable::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::CheckStateRole || !index.isValid() || index.column() != ArmColumn || index.row() >= rowCount())
        return false;
    const auto arm = static_cast<std::size_t>(index.row());
    if (value.toInt() == Qt::Checked)
        hidden_.erase(arm);
    else
        hidden_.insert(arm);
    Q_EMIT dataChanged(index, index, {Qt::CheckStateRole});
    Q_EMIT hiddenChanged();
    return true;
}

QString CompareTable::text(const ArmResult& arm, int column) const {
    const auto& end = arm.*comparisonMeasures()[measure_].end;
    switch (column) {
        case ArmColumn: return QString::fromStdString(arm.name);
        case RunsColumn:
            return arm.unfinished == 0 ? QString::number(arm.seeds.size())
                                       : tr("%1 (+%2 unfinished)").arg(arm.seeds.size()).arg(arm.unfinished);
        case EndColumn: return meanText(end);
        case IntervalColumn:
            if (const auto interval = scoreInterval(end))
                return tr("%1 to %2").arg(percent(interval->from), percent(interval->to));
            return kUnknown;
        case AreaColumn: return meanText(arm.area);
        case DifferenceColumn:
            if (!arm.againstFirst) return kUnknown;
            return (arm.againstFirst->difference > 0.0 ? QStringLiteral("+") : QString()) +
                   percent(arm.againstFirst->difference);
        case ProbabilityColumn:
            return arm.againstFirst ? QString::fromStdString(pValueText(arm.againstFirst->pValue)) : kUnknown;
        default: return arm.published ? percent(*arm.published) : kUnknown;
    }
}

FileRows CompareTable::fileRows() const {
    std::vector<QVariantList> rows;
    for (int row = 0; row < rowCount(); ++row) {
        const auto& arm = comparison_->arms[static_cast<std::size_t>(row)];
        const auto& end = arm.*comparisonMeasures()[measure_].end;
        const QVariant none = QString();
        const auto mean = [&](const Summary& summary) { return summary.count > 0 ? 100.0 * summary.mean : none; };
        const auto error = [&](const Summary& one) { return one.count > 1 ? 100.0 * one.standardError : none; };
        const auto interval = scoreInterval(end);
        rows.push_back({QString::fromStdString(arm.name), static_cast<qulonglong>(arm.seeds.size()),
                        static_cast<qulonglong>(arm.unfinished), mean(end), error(end),
                        interval ? 100.0 * interval->from : none, interval ? 100.0 * interval->to : none,
                        mean(arm.area), error(arm.area), arm.againstFirst ? 100.0 * arm.againstFirst->difference : none,
                        arm.againstFirst ? arm.againstFirst->pValue : none,
                        arm.published ? 100.0 * *arm.published : none});
    }
    const auto name = comparisonMeasures()[measure_].name;
    return fileRowsOf({tr("Arm"), tr("Finished runs"), tr("Unfinished runs"), tr("%1 at the end, mean (%)").arg(name),
                       tr("Standard error of that (points)"), tr("95 % interval from (%)"), tr("95 % interval to (%)"),
                       tr("Area under the test curve, mean (%)"), tr("Standard error of the area (points)"),
                       tr("Test score less the first arm's (points)"), tr("p of that difference"), tr("Published (%)")},
                      std::move(rows));
}

QVariant CompareTable::headerData(int section, Qt::Orientation orientation, int role) const {
    return headerOf(
        {
            {tr("Arm"), tr("A method; its runs differ in their seed. The box shows or hides its curve."),
             Qt::AlignLeft},
            {tr("Runs"), tr("Finished runs, a seed each; all numbers are over these.")},
            {tr("End (%)"), tr("At the end of the budget: mean over the runs and its standard error.")},
            {tr("95 % interval"), tr("Confidence interval of that mean, by Student's t.")},
            {tr("Area (%)"), tr("Mean test score over the whole budget: the area under the curve, divided by it.")},
            {tr("To the first"),
             tr("Difference of the test score at the end to the first arm, over the seeds that both "
                "have, in percentage points.")},
            {tr("p"), tr("Of the paired t-test of that difference.")},
            {tr("Published (%)"), tr("The end point that the paper reports.")},
        },
        section, orientation, role);
}

}  // namespace mergarium
