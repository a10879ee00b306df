#include "ui/sweep/sweep_runs_model.h"

#include "ui/session/run_text.h"
#include "ui/table/column_header.h"
#include "ui/table/file_rows.h"
#include "ui/theme/theme.h"

#include <QGuiApplication>

#include <algorithm>
#include <utility>

namespace mergarium {
namespace {

const QString kUnknown = QStringLiteral("\u2013");

bool isNumber(int column) { return column != SweepRunsModel::ArmColumn && column != SweepRunsModel::StateColumn; }

QString stateText(const SweepRun& run) {
    switch (run.state) {
        case SweepRunState::Waiting:
            return run.evaluations > 0 ? SweepRunsModel::tr("To go on") : SweepRunsModel::tr("Waiting");
        case SweepRunState::Going: return SweepRunsModel::tr("Running");
        case SweepRunState::Finished: return SweepRunsModel::tr("Finished");
        case SweepRunState::Failed: return SweepRunsModel::tr("Failed");
    }
    return {};
}

}  // namespace

void SweepRunsModel::show(const SweepPtr& sweep, const SweepProgressPtr& progress) {
    beginResetModel();
    sweep_ = progress ? sweep : nullptr;
    progress_ = progress;
    endResetModel();
}

void SweepRunsModel::setProgress(const SweepProgressPtr& progress) {
    if (!sweep_ || !progress || progress->each.size() != progress_->each.size()) return;
    const auto before = std::exchange(progress_, progress);
    for (std::size_t row = 0; row < progress->each.size(); ++row)
        if (!(progress->each[row] == before->each[row]))
            Q_EMIT dataChanged(index(static_cast<int>(row), 0), index(static_cast<int>(row), Columns - 1));
}

std::optional<RunId> SweepRunsModel::run(int row) const {
    if (row < 0 || row >= rowCount()) return std::nullopt;
    return progress_->each[static_cast<std::size_t>(row)].run;
}

std::optional<int> SweepRunsModel::goingRow() const {
    if (!sweep_) return std::nullopt;
    const auto found = std::ranges::find(progress_->each, SweepRunState::Going, &SweepRun::state);
    if (found == progress_->each.end()) return std::nullopt;
    return static_cast<int>(found - progress_->each.begin());
}

int SweepRunsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !sweep_ ? 0 : static_cast<int>(progress_->each.size());
}

int SweepRunsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant SweepRunsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const auto row = static_cast<std::size_t>(index.row());
    const auto& run = progress_->each[row];
    switch (role) {
        case Qt::DisplayRole: return text(row, index.column());
        case kValueRole: return value(row, index.column());
        case Qt::TextAlignmentRole:
            return QVariant::fromValue((isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        case Qt::ToolTipRole: {
            // An arm's name is elided where there is no room for it.
            QStringList lines;
            if (index.column() == ArmColumn) lines << text(row, ArmColumn);
            if (!run.trouble.empty()) lines << QString::fromStdString(run.trouble);
            return lines.isEmpty() ? QVariant() : lines.join('\n');
        }
        case Qt::ForegroundRole: {
            if (index.column() != StateColumn) return {};
            const auto colors = colorsOf(QGuiApplication::palette());
            if (run.state == SweepRunState::Failed) return colors.warning;
            return run.state == SweepRunState::Waiting ? QVariant(colors.mutedText) : QVariant();
        }
        default: return {};
    }
}

QString SweepRunsModel::text(std::size_t row, int column) const {
    const auto& run = progress_->each[row];
    switch (column) {
        case ArmColumn: return QString::fromStdString(plannedRun(*sweep_, row).arm.name);
        case SeedColumn: return QString::number(plannedRun(*sweep_, row).seed);
        case StateColumn: return stateText(run);
        case EvaluationsColumn: return evaluationsText(run.evaluations, run.budget);
        case RateColumn:
            return run.evaluationsPerSecond > 0.0
                       ? tr("%1/s").arg(countText(static_cast<std::uint64_t>(run.evaluationsPerSecond + 0.5)))
                       : kUnknown;
        default: return run.bestTest ? percentText(*run.bestTest) : kUnknown;
    }
}

QVariant SweepRunsModel::value(std::size_t row, int column) const {
    const auto& run = progress_->each[row];
    switch (column) {
        case SeedColumn: return static_cast<qulonglong>(plannedRun(*sweep_, row).seed);
        case EvaluationsColumn: return static_cast<qulonglong>(run.evaluations);
        case RateColumn: return run.evaluationsPerSecond > 0.0 ? QVariant(run.evaluationsPerSecond) : QString();
        case TestColumn: return run.bestTest && *run.bestTest > 0.0 ? QVariant(100.0 * *run.bestTest) : QString();
        default: return text(row, column);
    }
}

QVariant SweepRunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    return headerOf(
        {
            {tr("Arm"), tr("The method; its runs differ in their seed."), Qt::AlignLeft},
            {tr("Seed"), tr("Of all random numbers of the run.")},
            {tr("State"), tr("Runs go seed by seed, so that arms grow alike."), Qt::AlignLeft},
            {tr("Evaluations"), tr("Children scored so far, of how many.")},
            {tr("Rate"), tr("Evaluations a second."), Qt::AlignRight, tr("Rate (evaluations a second)")},
            {tr("Test"), tr("Held-out score of the member that is best in training."), Qt::AlignRight, tr("Test (%)")},
        },
        section, orientation, role);
}

}  // namespace mergarium
