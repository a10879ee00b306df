#include "ui/overview/archive_pane.h"

#include "ui/background/latest_worker.h"
#include "ui/members/member_text.h"
#include "ui/overview/archive_table.h"
#include "ui/table/fitted_columns.h"
#include "ui/table/plain_table.h"
#include "ui/theme/theme.h"

#include <QGuiApplication>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace mergarium {
namespace {

QString summaryText(const SessionSnapshot& snapshot) {
    const auto present =
        std::count_if(snapshot.members.begin(), snapshot.members.end(), [](const auto& m) { return m != nullptr; });
    auto text = ArchivePane::tr("Archive: %1 of %2 slots taken").arg(present).arg(snapshot.members.size());
    if (snapshot.curve && !snapshot.curve->empty())
        text +=
            ArchivePane::tr(". Together the members solve %1 % of the samples; two of them disagree on %2 % on average")
                .arg(percentNumber(snapshot.curve->back().coverage),
                     percentNumber(snapshot.curve->back().disagreement));
    return text + '.';
}

}  // namespace

ArchivePane::ArchivePane(QWidget* parent)
    : QWidget(parent),
      model_(new ArchiveTable(this)),
      table_(makePlainTable(this)),
      summary_(new QLabel(this)),
      worker_(new LatestWorker(this)) {
    table_->setModel(model_);
    table_->setSortingEnabled(true);
    table_->sortByColumn(ArchiveTable::FitnessColumn, Qt::DescendingOrder);
    table_->setAccessibleName(tr("Archive"));
    new FittedColumns(*table_);
    setFocusProxy(table_);
    summary_->setForegroundRole(QPalette::WindowText);
    summary_->setWordWrap(true);
    summary_->setMargin(fontMetrics().height() / 3);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(summary_);
    layout->addWidget(table_, 1);

    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (selecting_ || !current.isValid()) return;
                announced_ = QGuiApplication::mouseButtons() != Qt::NoButton;
                announce(current.row());
            });
    // A click on the row that is already current asks for it again.
    connect(table_, &QTableView::clicked, this, [this](const QModelIndex& index) {
        if (!std::exchange(announced_, false)) announce(index.row());
    });
    connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) { announce(index.row()); });
}

void ArchivePane::setSnapshot(const SnapshotPtr& snapshot) {
    worker_->run([snapshot] { return archiveRows(*snapshot); },
                 [this, snapshot](std::vector<ArchiveRow> rows) {
                     summary_->setText(summaryText(*snapshot));
                     model_->setRows(std::move(rows), vectorLength(*snapshot));
                     restoreSelection();
                 });
}

void ArchivePane::clear() {
    worker_->forget();
    model_->clear();
    summary_->clear();
    selected_.reset();
}

void ArchivePane::selectMember(std::optional<MemberId> member) {
    selected_ = member;
    restoreSelection();
}

void ArchivePane::announce(int row) {
    const auto key = model_->keyOf(row);
    if (!key) return;
    selected_ = MemberId{*key};
    Q_EMIT memberSelected(*selected_);
}

void ArchivePane::restoreSelection() {
    const auto row = selected_ ? model_->rowOf(selected_->value) : std::nullopt;
    const auto current = table_->currentIndex();
    if (row ? current.row() == *row : !current.isValid()) return;
    selecting_ = true;
    if (row) {
        table_->selectionModel()->setCurrentIndex(model_->index(*row, current.isValid() ? current.column() : 0),
                                                  QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    } else {
        table_->selectionModel()->clear();
    }
    selecting_ = false;
}

}  // namespace mergarium
