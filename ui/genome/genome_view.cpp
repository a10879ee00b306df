#include "ui/genome/genome_view.h"

#include "ui/background/latest_worker.h"
#include "ui/canvas/canvas_controls.h"
#include "ui/genome/genome_canvas.h"
#include "ui/genome/genome_frame.h"
#include "ui/members/member_text.h"
#include "ui/theme/empty_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace mergarium {

GenomeView::GenomeView(QWidget* parent)
    : QWidget(parent), pages_(new QStackedLayout(this)), worker_(new LatestWorker(this)) {
    setAccessibleName(tr("Genome"));
    empty_ = makeEmptyPage({}, this);
    auto* page = new QWidget(this);
    canvas_ = new GenomeCanvas(page);
    readout_ = makeReadout(page);

    auto* controls = new QHBoxLayout;
    auto* meaning = new QLabel(
        tr("Each row is a member, coloured by what its founders contribute along the parameter vector."), page);
    meaning->setMinimumWidth(1);
    controls->addWidget(meaning, 1);
    addZoomButtons(controls, canvas_, tr("See the whole vector (Home)"));
    auto* layout = new QVBoxLayout(page);
    layout->addLayout(controls);
    layout->addWidget(canvas_, 1);
    layout->addWidget(readout_);
    pages_->addWidget(empty_);
    pages_->addWidget(page);

    connect(canvas_, &GenomeCanvas::rangeChanged, this, &GenomeView::request);
    connect(canvas_, &GenomeCanvas::memberSelected, this, &GenomeView::memberSelected);
    connect(canvas_, &GenomeCanvas::readoutChanged, this, [this](const QString& text) {
        readout_->setText(text.isEmpty()
                              ? tr("Point at a ribbon to read it; click it to inspect its member, double-click to zoom "
                                   "to its tensor. "
                                   "Arrow keys move the cursor, Enter inspects the member, T zooms to the tensor.")
                              : text);
    });
    Q_EMIT canvas_->readoutChanged({});
    refresh();
}

void GenomeView::setSnapshot(const SnapshotPtr& snapshot) {
    if (!sameRun(snapshot, snapshot_)) {
        worker_->forget();
        asked_.reset();
        canvas_->reset();
    }
    snapshot_ = snapshot;
    if (isVisible()) refresh();
}

void GenomeView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void GenomeView::refresh() {
    QString nothing;
    if (!hasMembers(snapshot_))
        nothing = snapshot_ && !snapshot_->message.empty()
                      ? QString::fromStdString(snapshot_->message)
                      : tr("Which founder every part of a model comes from appears here: a ribbon per member along the "
                           "parameter vector, "
                           "coloured by founder. Start a new run, or open one from the list of runs.");
    else
        nothing = whyNothingIsPainted(*snapshot_);
    empty_->setText(nothing);
    pages_->setCurrentIndex(nothing.isEmpty() ? 1 : 0);
    if (nothing.isEmpty() && (!asked_ || asked_->members != snapshot_->members)) request();
}

void GenomeView::request() {
    if (!isVisible() || !hasMembers(snapshot_)) return;
    asked_ = snapshot_;
    const auto range = canvas_->range();
    const GenomeRequest request{
        .snapshot = snapshot_, .range = {range.begin, range.end}, .width = canvas_->binsWanted()};
    worker_->run([request, previous = canvas_->frame()] { return makeGenomeFrame(request, previous); },
                 [this](const GenomeFramePtr& frame) { canvas_->setFrame(frame); });
}

}  // namespace mergarium
