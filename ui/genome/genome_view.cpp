#include "ui/genome/genome_view.h"

#include "ui/background/latest_worker.h"
#include "ui/canvas/canvas_controls.h"
#include "ui/genome/genome_canvas.h"
#include "ui/genome/genome_frame.h"
#include "ui/genome/layer_table.h"
#include "ui/members/member_text.h"
#include "ui/table/fitted_columns.h"
#include "ui/table/plain_table.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

namespace mergarium {

GenomeView::GenomeView(Selection& selection, QWidget* parent)
    : RunView(tr("Which founder every part of a model comes from appears here: a ribbon per member along the "
                 "parameter vector, coloured by founder. Start a new run, or open one from the list of runs."),
              selection, parent),
      shares_(new LayerTable(this)),
      worker_(new LatestWorker(this)),
      layerWorker_(new LatestWorker(this)) {
    setAccessibleName(tr("Genome"));
    auto* page = new QWidget(this);
    canvas_ = new GenomeCanvas(page);
    readout_ = makeReadout(page);

    auto* controls = new QHBoxLayout;
    auto* meaning = new QLabel(tr("A row is a member, in the colours of its founders."), page);
    meaning->setMinimumWidth(1);
    controls->addWidget(meaning, 1);
    difference_ = new QCheckBox(tr("&Difference from the selected"), page);
    difference_->setObjectName("difference");
    difference_->setToolTip(
        tr("Colour how much every member's mixture of founders differs from the selected member's."));
    layers_ = new QCheckBox(tr("La&yers"), page);
    layers_->setObjectName("layers");
    layers_->setToolTip(tr("What each founder contributes to the selected member, layer by layer, in numbers."));
    controls->addWidget(difference_);
    controls->addWidget(layers_);
    addZoomButtons(controls, canvas_, tr("See the whole vector (Home)"));
    auto* layout = new QVBoxLayout(page);
    auto* aside = new QWidget(page);
    auto* asideLayout = new QVBoxLayout(aside);
    asideLayout->setContentsMargins({});
    whose_ = new QLabel(aside);
    whose_->setWordWrap(true);
    table_ = makePlainTable(aside);
    table_->setModel(shares_);
    table_->setAccessibleName(tr("Founders' shares by layer"));
    (new FittedColumns(*table_, GivesWay::All))->setKey(LayerTable::LayerColumn);
    asideLayout->addWidget(whose_);
    asideLayout->addWidget(table_, 1);
    auto* splitter = new QSplitter(Qt::Horizontal, page);
    splitter->addWidget(canvas_);
    splitter->addWidget(aside);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    // Whatever the canvas asks for.
    splitter->setSizes({3000, 2000});
    aside->hide();
    layout->addLayout(controls);
    layout->addWidget(splitter, 1);
    layout->addWidget(readout_);
    connect(difference_, &QCheckBox::toggled, this, &GenomeView::request);
    connect(layers_, &QCheckBox::toggled, this, [this, aside](bool shown) {
        aside->setVisible(shown);
        requestLayers();
    });

    connect(canvas_, &GenomeCanvas::rangeChanged, this, &GenomeView::request);
    connect(canvas_, &GenomeCanvas::memberSelected, &selection, qOverload<MemberId>(&Selection::select));
    connect(canvas_, &GenomeCanvas::readoutChanged, this, [this](const QString& text) {
        readout_->setText(text.isEmpty()
                              ? tr("Point at a ribbon to read it; click it to inspect its member, double-click to zoom "
                                   "to its tensor. "
                                   "Arrow keys move the cursor, Enter inspects the member, T zooms to the tensor.")
                              : text);
    });
    Q_EMIT canvas_->readoutChanged({});
    setFocusProxy(canvas_);
    setPage(page);
}

void GenomeView::clear() {
    worker_->forget();
    layerWorker_->forget();
    shares_->setShares({});
    asked_.reset();
    canvas_->reset();
}

QString GenomeView::whyNothing() const {
    return hasMembers(snapshot()) ? whyNothingIsPainted(*snapshot()) : nothingYet();
}

void GenomeView::draw() {
    if (!asked_ || asked_->members != snapshot()->members) request();
}

void GenomeView::mark() {
    canvas_->select(selection().member());
    if (difference_->isChecked()) request();
    requestLayers();
}

void GenomeView::requestLayers() {
    if (!layers_->isChecked() || !isVisible() || !hasMembers(snapshot())) return;
    const auto best = bestSlot(snapshot()->members);
    const auto member = selection().member().value_or(snapshot()->members[*best]->id);
    layerWorker_->run([snapshot = snapshot(), member] { return layerShares(snapshot, member); },
                      [this, member](LayerShares shares) {
                          whose_->setText(shares.rows.empty()
                                              ? tr("The recipe of %1 isn't known.").arg(memberText(member))
                                              : tr("What the founders contribute to %1:").arg(memberText(member)));
                          shares_->setShares(std::move(shares));
                      });
}

void GenomeView::request() {
    if (!isVisible() || !hasMembers(snapshot())) return;
    asked_ = snapshot();
    const auto range = canvas_->range();
    const GenomeRequest request{.snapshot = snapshot(),
                                .range = {range.begin, range.end},
                                .width = canvas_->binsWanted(),
                                .reference = difference_->isChecked() ? selection().member() : std::nullopt};
    worker_->run([request, previous = canvas_->frame()] { return makeGenomeFrame(request, previous); },
                 [this](const GenomeFramePtr& frame) { canvas_->setFrame(frame); });
}

}  // namespace mergarium
