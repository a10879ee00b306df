#include "ui/attraction/attraction_view.h"

#include "ui/attraction/attraction_matrix.h"
#include "ui/attraction/pair_pane.h"
#include "ui/attraction/pairing_table.h"
#include "ui/background/latest_worker.h"
#include "ui/members/member_text.h"
#include "ui/session/run_text.h"
#include "ui/table/fitted_columns.h"
#include "ui/table/plain_table.h"

#include <QLabel>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

namespace mergarium {

AttractionView::AttractionView(Selection& selection, QWidget* parent)
    : RunView(tr("Who is attracted to whom appears here, and what came of the latest pairings. "
                 "Start a new run, or open one from the list of runs."),
              selection, parent),
      pairings_(new PairingTable(this)),
      worker_(new LatestWorker(this)) {
    setAccessibleName(tr("Attraction"));
    auto* splitter = new QSplitter(Qt::Horizontal, this);

    auto* left = new QWidget(splitter);
    auto* leftLayout = new QVBoxLayout(left);
    note_ = new QLabel(left);
    note_->setWordWrap(true);
    note_->hide();
    matrix_ = new AttractionMatrix(left);
    readout_ = new QLabel(left);
    readout_->setWordWrap(true);
    readout_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    // Room for two lines, so that the matrix doesn't jump when the mouse comes.
    readout_->setMinimumHeight(readout_->fontMetrics().lineSpacing() * 2);
    leftLayout->addWidget(note_);
    leftLayout->addWidget(matrix_, 3);
    leftLayout->addWidget(readout_);
    why_ = new PairPane(left);
    leftLayout->addWidget(why_, 2);

    auto* right = new QWidget(splitter);
    auto* rightLayout = new QVBoxLayout(right);
    summary_ = new QLabel(right);
    summary_->setWordWrap(true);
    table_ = makePlainTable(right);
    table_->setModel(pairings_);
    new FittedColumns(*table_, GivesWay::All);
    table_->setObjectName("pairings");
    table_->setAccessibleName(tr("Latest pairings"));
    table_->setToolTip(
        tr("Select a pairing to see its cell in the matrix while both parents live, and its child everywhere. Press "
           "Enter on a parent to select that."));
    rightLayout->addWidget(summary_);
    rightLayout->addWidget(table_, 1);

    splitter->addWidget(left);
    splitter->addWidget(right);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);

    connect(matrix_, &AttractionMatrix::memberSelected, &selection, qOverload<MemberId>(&Selection::select));
    connect(matrix_, &AttractionMatrix::readoutChanged, this, [this](const QString& text) {
        readout_->setText(text.isEmpty()
                              ? tr("g(a, b) is what b can do that a cannot, weighted by how contested it is. "
                                   "Point at a cell to read it; click a label to inspect its member.")
                              : text);
    });
    Q_EMIT matrix_->readoutChanged({});
    connect(matrix_, &AttractionMatrix::pairSelected, this,
            [this](MemberId first, MemberId second) { explain(std::pair(first, second)); });
    connect(why_, &PairPane::breedRequested, this, [this] {
        if (pair_) Q_EMIT breedRequested(pair_->first, pair_->second);
    });
    connect(why_, &PairPane::sampleSelected, &selection, qOverload<std::size_t>(&Selection::select));
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &AttractionView::markPairing);
    connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) {
        const auto pairing = pairings_->pairingAt(index.row());
        if (!pairing) return;
        this->selection().select(index.column() == PairingTable::SecondColumn  ? pairing->second
                                 : index.column() == PairingTable::FirstColumn ? pairing->first
                                                                               : pairing->child);
    });
    setFocusProxy(matrix_);
    setPage(splitter);
}

void AttractionView::clear() {
    worker_->forget();
    asked_.reset();
    matrix_->setFrame(nullptr);
    matrix_->markPair({});
    pairings_->setPairings({});
    explain({});
}

void AttractionView::draw() {
    summary_->setText(acceptanceText(*snapshot()));
    pairings_->setPairings(snapshot()->pairings);
    if (!asked_ || asked_->members != snapshot()->members) requestMatrix();
}

void AttractionView::requestMatrix() {
    asked_ = snapshot();
    if (pair_) why_->show(snapshot(), pair_);
    worker_->run(
        [snapshot = snapshot()] { return makeAttractionFrame(snapshot); },
        [this, snapshot = snapshot()](const AttractionFramePtr& frame) {
            QStringList notes;
            if (snapshot->run && !traitsOf(snapshot->run->configuration.strategy).attraction)
                notes << tr("This run draws both parents by fitness; the attraction is what it would have been.");
            if (frame->present > frame->members.size())
                notes << tr("The %1 fittest of %2 members.").arg(frame->members.size()).arg(countText(frame->present));
            note_->setText(notes.join(' '));
            note_->setVisible(!notes.isEmpty());
            matrix_->setFrame(frame);
        });
}

void AttractionView::mark() {
    const auto member = selection().member();
    matrix_->select(member);
    marking_ = true;
    if (!member)
        table_->clearSelection();
    else if (const auto row = pairings_->rowOfChild(*member); row && *row != table_->currentIndex().row())
        table_->selectRow(*row);
    marking_ = false;
}

void AttractionView::markPairing() {
    const auto rows = table_->selectionModel()->selectedRows();
    const auto pairing = rows.isEmpty() ? std::nullopt : pairings_->pairingAt(rows.front().row());
    matrix_->markPair(pairing ? std::optional(std::pair(pairing->first, pairing->second)) : std::nullopt);
    if (pairing) explain(std::pair(pairing->first, pairing->second));
    if (pairing && !marking_) selection().select(pairing->child);
}

void AttractionView::explain(std::optional<std::pair<MemberId, MemberId>> pair) {
    pair_ = pair;
    why_->show(snapshot(), pair_);
}

}  // namespace mergarium
