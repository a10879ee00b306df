#include "ui/runs/runs_model.h"

#include "ui/session/run_text.h"
#include "ui/table/column_header.h"

#include <QList>

#include <algorithm>

namespace mergarium {

void RunsModel::setRuns(std::vector<RunSummary> runs) {
    std::vector<std::uint64_t> keys;
    for (auto& run : runs) {
        run = current(run);
        keys.push_back(static_cast<std::uint64_t>(run.id.value));
    }
    replaceRows(std::move(keys), [&] { runs_ = std::move(runs); });
}

void RunsModel::setLive(const SnapshotPtr& live) {
    live_ = live;
    for (std::size_t row = 0; row < runs_.size(); ++row) {
        if (!isLive(runs_[row])) continue;
        runs_[row] = current(runs_[row]);
        Q_EMIT dataChanged(index(static_cast<int>(row), 0), index(static_cast<int>(row), Columns - 1));
    }
}

bool RunsModel::isLive(const RunSummary& run) const { return live_ && live_->run && live_->run->id == run.id; }

RunSummary RunsModel::current(const RunSummary& stored) const {
    if (!isLive(stored)) return stored;
    RunSummary run = stored;
    run.phase = live_->phase;
    run.evaluations = live_->evaluations;
    if (live_->curve && !live_->curve->empty()) {
        run.bestTrain = live_->curve->back().bestTrain;
        run.bestTest = live_->curve->back().bestTest;
    }
    return run;
}

const RunSummary* RunsModel::run(int row) const {
    return row >= 0 && row < static_cast<int>(runs_.size()) ? &runs_[static_cast<std::size_t>(row)] : nullptr;
}

int RunsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

QVariant RunsModel::data(const QModelIndex& index, int role) const {
    const auto* one = index.isValid() ? run(index.row()) : nullptr;
    if (!one) return {};
    const int column = index.column();
    switch (role) {
        case Qt::DisplayRole: return text(*one, column);
        case Qt::TextAlignmentRole: {
            const bool number = column == TestColumn || column == EvaluationsColumn || column == SeedColumn;
            return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        }
        case Qt::ToolTipRole:
            if (!one->message.empty()) return QString::fromStdString(one->message);
            return column == CurveColumn
                       ? tr("Best training accuracy over the run, %1 now.").arg(percentText(one->bestTrain))
                       : QVariant();
        case CurveRole:
            if (column == CurveColumn)
                return QVariant::fromValue(QList<float>(one->sparkline.begin(), one->sparkline.end()));
            return {};
        default: return {};
    }
}

QString RunsModel::text(const RunSummary& run, int column) const {
    switch (column) {
        case NameColumn: return QString::fromStdString(run.name);
        case StatusColumn: return phaseText(run.phase);
        case TestColumn: return percentText(run.bestTest);
        case EvaluationsColumn: return evaluationsText(run.evaluations, run.budget);
        case SeedColumn: return QString::number(run.seed);
        case SweepColumn:
            return run.sweep.empty()
                       ? QString()
                       : tr("%1: %2").arg(QString::fromStdString(run.sweep), QString::fromStdString(run.arm));
        case CreatedColumn: return QString::fromStdString(run.created);
        default: return {};
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    return headerOf(
        {
            {tr("Run"), tr("The name given in its configuration."), Qt::AlignHCenter},
            {tr("Status"), tr("Interrupted: its program ended without stopping it; it can be resumed."),
             Qt::AlignHCenter},
            {tr("Test"), tr("Held-out accuracy of the member that is best on the training samples."), Qt::AlignHCenter},
            {tr("Progress"), tr("Best training accuracy over the run."), Qt::AlignHCenter},
            {tr("Evaluations"), tr("Children scored so far, of how many."), Qt::AlignHCenter},
            {tr("Seed"), tr("Seed of the run's random numbers."), Qt::AlignHCenter},
            {tr("Sweep"), tr("The sweep that it belongs to, and the arm."), Qt::AlignHCenter},
            {tr("Started"), tr("When the run was begun."), Qt::AlignHCenter},
        },
        section, orientation, role);
}

}  // namespace mergarium
