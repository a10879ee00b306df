#include "ui/runs/runs_view.h"

#include "ui/runs/runs_model.h"
#include "ui/runs/sparkline_delegate.h"
#include "ui/session/run_text.h"
#include "ui/table/plain_table.h"
#include "ui/theme/empty_page.h"

#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace mergarium {

RunsView::RunsView(QWidget* parent) : QWidget(parent), model_(new RunsModel(this)) {
    table_ = makePlainTable(this);
    table_->setObjectName("runsTable");
    table_->setAccessibleName(tr("Runs"));
    table_->setModel(model_);
    table_->setItemDelegateForColumn(RunsModel::CurveColumn, new SparklineDelegate(this));
    table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table_->setContextMenuPolicy(Qt::CustomContextMenu);

    const auto button = [this](const QString& text, const QString& tip) {
        auto* one = new QPushButton(text, this);
        one->setToolTip(tip);
        return one;
    };
    open_ = button(tr("&Open"), tr("Show the run (Enter)."));
    resume_ = button(tr("Res&ume"), tr("Go on with a run that was stopped or interrupted."));
    duplicate_ = button(tr("D&uplicate"), tr("Set up a new run with the same configuration."));
    compare_ = button(tr("Co&mpare"), tr("Set the chosen runs side by side; of a run of a sweep, the whole sweep."));
    delete_ = button(tr("&Delete"), tr("Delete the run and everything stored of it (Delete)."));

    auto* list = new QWidget(this);
    auto* layout = new QVBoxLayout(list);
    layout->setContentsMargins({});
    layout->addWidget(table_, 1);
    auto* buttons = new QGridLayout;
    buttons->addWidget(open_, 0, 0);
    buttons->addWidget(resume_, 0, 1);
    buttons->addWidget(duplicate_, 1, 0);
    buttons->addWidget(compare_, 1, 1);
    buttons->addWidget(delete_, 2, 1);
    layout->addLayout(buttons);
    pages_ = new QStackedLayout(this);
    pages_->addWidget(makeEmptyPage(tr("Runs will be listed here: start one from New run."), this));
    pages_->addWidget(list);

    connect(open_, &QPushButton::clicked, this, [this] {
        if (const auto* run = selected()) Q_EMIT openRequested(run->id);
    });
    connect(table_, &QTableView::activated, open_, &QPushButton::click);
    connect(resume_, &QPushButton::clicked, this, [this] {
        if (const auto* run = selected()) Q_EMIT resumeRequested(run->id);
    });
    connect(duplicate_, &QPushButton::clicked, this, [this] {
        if (const auto* run = selected()) Q_EMIT duplicateRequested(run->id);
    });
    connect(compare_, &QPushButton::clicked, this, [this] { Q_EMIT compareRequested(namesToCompare()); });
    connect(delete_, &QPushButton::clicked, this, [this] {
        if (const auto* run = selected()) Q_EMIT deleteRequested(run->id, QString::fromStdString(run->name));
    });
    auto* deleteKey = new QShortcut(QKeySequence::Delete, table_);
    deleteKey->setContext(Qt::WidgetShortcut);
    connect(deleteKey, &QShortcut::activated, delete_, &QPushButton::click);
    connect(table_, &QTableView::customContextMenuRequested, this, &RunsView::showMenu);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &RunsView::updateButtons);
    updateButtons();
}

void RunsView::setRuns(const std::vector<RunSummary>& runs) {
    model_->setRuns(runs);
    pages_->setCurrentIndex(runs.empty() ? 0 : 1);
    if (!std::exchange(sized_, !runs.empty()) && !runs.empty()) {
        table_->resizeColumnsToContents();
        const int character = table_->fontMetrics().averageCharWidth();
        table_->setColumnWidth(RunsModel::NameColumn,
                               std::min(table_->columnWidth(RunsModel::NameColumn), 24 * character));
        table_->setColumnWidth(RunsModel::CurveColumn, 12 * character);
    }
    updateButtons();
}

void RunsView::setLive(const SnapshotPtr& live) {
    model_->setLive(live);
    updateButtons();
}

void RunsView::selectRun(RunId run) {
    if (const auto row = model_->rowOf(static_cast<std::uint64_t>(run.value)))
        table_->selectionModel()->setCurrentIndex(model_->index(*row, 0),
                                                  QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

const RunSummary* RunsView::selected() const {
    const auto rows = table_->selectionModel()->selectedRows();
    return rows.size() == 1 ? model_->run(rows.first().row()) : nullptr;
}

QStringList RunsView::namesToCompare() const {
    const auto rows = table_->selectionModel()->selectedRows();
    QStringList names;
    for (const auto& row : rows) {
        const auto* run = model_->run(row.row());
        if (run)
            names << (rows.size() == 1 && !run->sweep.empty() ? QString::fromStdString(run->sweep)
                                                              : QString::number(run->id.value));
    }
    return names;
}

void RunsView::updateButtons() {
    const auto* run = selected();
    const bool computing =
        run && (run->phase == Phase::Running || run->phase == Phase::Paused || run->phase == Phase::Preparing);
    open_->setEnabled(run);
    duplicate_->setEnabled(run);
    resume_->setEnabled(run && isResumable(run->phase));
    compare_->setEnabled(table_->selectionModel()->hasSelection());
    delete_->setEnabled(run && !computing);
}

void RunsView::showMenu(const QPoint& position) {
    if (!table_->selectionModel()->hasSelection()) return;
    QMenu menu(this);
    for (auto* button : {open_, resume_, duplicate_, compare_, delete_}) {
        auto* action = menu.addAction(button->text(), button, &QPushButton::click);
        action->setEnabled(button->isEnabled());
    }
    menu.exec(table_->viewport()->mapToGlobal(position));
}

}  // namespace mergarium
