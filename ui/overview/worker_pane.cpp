#include "ui/overview/worker_pane.h"

#include "core/text/words.h"
#include "ui/table/plain_table.h"

#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace mergarium {
namespace {

QString shown(const std::string& text) { return QString::fromStdString(words::visible(text)); }

bool isThere(const WorkerStanding& worker) { return worker.isAdmitted && worker.secondsSilent < kWorkerSilence; }

QString silenceText(double seconds) {
    if (seconds < kWorkerSilence) return WorkerTable::tr("now");
    return WorkerTable::tr("%1 ago").arg(QString::fromStdString(words::duration(seconds)));
}

QString cellText(const WorkerStanding& worker, int column) {
    switch (column) {
        case WorkerTable::NameColumn: return shown(worker.name);
        case WorkerTable::StateColumn: return shown(worker.state);
        case WorkerTable::DeviceColumn: return shown(worker.device);
        case WorkerTable::ScoredColumn: return QString::fromStdString(words::count(worker.tickets));
        case WorkerTable::RateColumn: return isThere(worker) ? QString::number(worker.rate, 'f', 1) : QString();
        case WorkerTable::SilenceColumn: return silenceText(worker.secondsSilent);
        default: return {};
    }
}

}  // namespace

void WorkerTable::setWorkers(std::vector<WorkerStanding> workers) {
    if (workers.size() != workers_.size()) {
        beginResetModel();
        workers_ = std::move(workers);
        endResetModel();
        return;
    }
    workers_ = std::move(workers);
    if (!workers_.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
}

int WorkerTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(workers_.size());
}

int WorkerTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant WorkerTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const auto& worker = workers_[static_cast<std::size_t>(index.row())];
    if (role == Qt::DisplayRole) return cellText(worker, index.column());
    if (role == Qt::ToolTipRole) return tr("%1. Processor: %2").arg(shown(worker.state), shown(worker.processor));
    if (role == Qt::TextAlignmentRole && index.column() >= ScoredColumn)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QVariant WorkerTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    switch (section) {
        case NameColumn: return tr("Worker");
        case StateColumn: return tr("State");
        case DeviceColumn: return tr("Device");
        case ScoredColumn: return tr("Scored");
        case RateColumn: return tr("Per second");
        case SilenceColumn: return tr("Last heard");
        default: return {};
    }
}

WorkerPane::WorkerPane(QWidget* parent)
    : QWidget(parent), model_(new WorkerTable(this)), table_(makePlainTable(this)), summary_(new QLabel(this)) {
    table_->setModel(model_);
    table_->setAccessibleName(tr("Workers"));
    table_->horizontalHeader()->setSectionResizeMode(WorkerTable::StateColumn, QHeaderView::Stretch);
    summary_->setObjectName("workers");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(summary_);
    layout->addWidget(table_, 1);
    hide();
}

void WorkerPane::setWorkers(const std::vector<WorkerStanding>& workers) {
    setVisible(!workers.empty());
    const auto there = std::ranges::count_if(workers, &isThere);
    double rate = 0.0;
    for (const auto& worker : workers)
        if (isThere(worker)) rate += worker.rate;
    summary_->setText(
        tr("Workers: %1 of %2 score, %3 models a second.").arg(there).arg(workers.size()).arg(rate, 0, 'f', 1));
    model_->setWorkers(workers);
}

}  // namespace mergarium
