#include "ui/attraction/pair_pane.h"

#include "ui/attraction/term_table.h"
#include "ui/background/latest_worker.h"
#include "ui/table/fitted_columns.h"
#include "ui/table/plain_table.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace mergarium {

PairPane::PairPane(QWidget* parent)
    : QWidget(parent),
      model_(new TermTable(this)),
      words_(new QLabel(this)),
      breed_(new QPushButton(tr("Breed &by hand"), this)),
      table_(makePlainTable(this)),
      worker_(new LatestWorker(this)) {
    words_->setWordWrap(true);
    words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    table_->setModel(model_);
    table_->setAccessibleName(tr("Why this pair: samples by what they add"));
    table_->setToolTip(tr("Double-click a sample, or press Enter, to see it."));
    const int side = fontMetrics().height() * 3 / 2;
    model_->setSide(side, devicePixelRatioF());
    table_->setIconSize({side, side});
    table_->verticalHeader()->setDefaultSectionSize(side + fontMetrics().height() / 4);
    auto* columns = new FittedColumns(*table_, GivesWay::All);
    columns->setKey(TermTable::SampleColumn);
    columns->setWide(TermTable::SampleColumn);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    auto* row = new QHBoxLayout;
    row->addWidget(words_, 1);
    row->addWidget(breed_, 0, Qt::AlignTop);
    layout->addLayout(row);
    layout->addWidget(table_, 1);
    breed_->setToolTip(tr("Choose split points and a mixing ratio for this pair, and see its child."));
    connect(breed_, &QPushButton::clicked, this, &PairPane::breedRequested);
    connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) {
        if (const auto sample = model_->keyOf(index.row())) Q_EMIT sampleSelected(*sample);
    });
    show(nullptr, {});
}

void PairPane::show(const SnapshotPtr& snapshot, const std::optional<std::pair<MemberId, MemberId>>& pair) {
    if (!snapshot || !pair) {
        worker_->forget();
        model_->setFrame(nullptr);
        table_->hide();
        breed_->hide();
        words_->setText(
            tr("Why this pair? Click a cell of the matrix, or a birth in the table: the samples that drew "
               "parent 2 to parent 1 appear here, largest first."));
        return;
    }
    worker_->run([snapshot, pair = *pair] { return makePairFrame(snapshot, pair.first, pair.second); },
                 [this](const PairFramePtr& frame) {
                     words_->setText(pairText(*frame));
                     breed_->show();
                     model_->setFrame(frame);
                     table_->setVisible(!frame->terms.empty());
                 });
}

}  // namespace mergarium
