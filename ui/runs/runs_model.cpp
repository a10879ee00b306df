#include "ui/runs/runs_model.h"

#include "ui/session/run_text.h"
#include "ui/table/column_header.h"
#include "ui/table/file_rows.h"

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
    run.seconds = live_->seconds;
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
            const bool number = column == NumberColumn || column == TestColumn || column == EvaluationsColumn ||
                                column == SeedColumn || column == DurationColumn;
            return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        }
        case Qt::ToolTipRole: return column == NotesColumn ? QString::fromStdString(one->notes) : wholeText(*one);
        case CurveRole:
            if (column == CurveColumn)
                return QVariant::fromValue(QList<float>(one->sparkline.begin(), one->sparkline.end()));
            return {};
        case SortRole: return sortValue(*one, column);
        case kValueRole: return value(*one, column);
        case NotesRole: return QString::fromStdString(one->notes);
        default: return {};
    }
}

QVariant RunsModel::sortValue(const RunSummary& run, int column) const {
    switch (column) {
        case NumberColumn: return static_cast<qlonglong>(run.id.value);
        case SeedColumn: return static_cast<qulonglong>(run.seed);
        case TestColumn: return run.bestTest;
        case CurveColumn: return run.bestTrain;
        case EvaluationsColumn: return static_cast<qulonglong>(run.evaluations);
        case DurationColumn: return run.seconds;
        default: return text(run, column).toLower();
    }
}

QVariant RunsModel::value(const RunSummary& run, int column) const {
    const auto percent = [](double share) { return share > 0.0 ? QVariant(100.0 * share) : QString(); };
    switch (column) {
        case TestColumn: return percent(run.bestTest);
        case CurveColumn: return percent(run.bestTrain);
        case NumberColumn:
        case SeedColumn:
        case EvaluationsColumn:
        case DurationColumn: return sortValue(run, column);
        case NotesColumn: return QString::fromStdString(run.notes);
        default: return text(run, column);
    }
}

QString RunsModel::text(const RunSummary& run, int column) const {
    switch (column) {
        case NumberColumn: return QString::number(run.id.value);
        case NameColumn: return QString::fromStdString(run.name);
        case StatusColumn:
            if (!run.damage.empty()) return tr("Damaged");
            return run.isElsewhere ? tr("%1 elsewhere").arg(phaseText(run.phase)) : phaseText(run.phase);
        case TestColumn: return percentText(run.bestTest);
        case EvaluationsColumn: return evaluationsText(run.evaluations, run.budget);
        case SeedColumn: return QString::number(run.seed);
        case SweepColumn:
            return run.sweep.empty()
                       ? QString()
                       : tr("%1: %2").arg(QString::fromStdString(run.sweep), QString::fromStdString(run.arm));
        case DurationColumn: return durationText(run.seconds);
        case CreatedColumn: return QString::fromStdString(run.created);
        case NotesColumn: return QString::fromStdString(run.notes).simplified();
        default: return {};
    }
}

QString RunsModel::wholeText(const RunSummary& run) const {
    QStringList lines{tr("%1: %2").arg(run.id.value).arg(QString::fromStdString(run.name))};
    if (!run.message.empty()) lines << QString::fromStdString(run.message);
    for (const int column : {StatusColumn, TestColumn, CurveColumn, EvaluationsColumn, SweepColumn, SeedColumn,
                             DurationColumn, CreatedColumn}) {
        const auto said = column == CurveColumn ? percentText(run.bestTrain) : text(run, column);
        const auto name =
            column == CurveColumn ? QVariant(tr("Train")) : headerData(column, Qt::Horizontal, Qt::DisplayRole);
        if (!said.isEmpty()) lines << tr("%1: %2").arg(name.toString(), said);
    }
    if (run.isElsewhere) lines << tr("Computed by another process; what it stores is shown about once a second.");
    if (!run.notes.empty()) lines << QString::fromStdString(run.notes);
    return lines.join('\n');
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    return headerOf(
        {
            {tr("No."), tr("The run's number in this database.")},
            {tr("Run"), tr("Its name: from its configuration, or as it was renamed (F2)."), Qt::AlignLeft},
            {tr("Status"),
             tr("Interrupted: its program ended without stopping it; it can be resumed. Elsewhere: another process "
                "computes it."),
             Qt::AlignLeft},
            {tr("Test"),
             tr("Held-out accuracy of the member that is best on the training samples; a dash where "
                "nothing is held out."),
             Qt::AlignRight, tr("Test (%)")},
            {tr("Progress"), tr("Best training accuracy over the run."), Qt::AlignLeft, tr("Best train (%)")},
            {tr("Evaluations"), tr("Children scored so far, of how many.")},
            {tr("Sweep"), tr("The sweep that it belongs to, and the arm."), Qt::AlignLeft},
            {tr("Seed"), tr("Seed of the run's random numbers.")},
            {tr("Duration"), tr("Time spent computing, all sittings together."), Qt::AlignRight,
             tr("Duration (seconds)")},
            {tr("Started"), tr("When the run was begun."), Qt::AlignLeft},
            {tr("Notes"), tr("What you write of the run (Shift+F2)."), Qt::AlignLeft},
        },
        section, orientation, role);
}

}  // namespace mergarium
