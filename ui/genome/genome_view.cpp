#include "ui/genome/genome_view.h"

#include "ui/background/latest_worker.h"
#include "ui/canvas/canvas_controls.h"
#include "ui/genome/genome_canvas.h"
#include "ui/genome/genome_frame.h"
#include "ui/members/member_text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace mergarium {

GenomeView::GenomeView(QWidget* parent)
    : RunView(tr("Which founder every part of a model comes from appears here: a ribbon per member along the "
                 "parameter vector, coloured by founder. Start a new run, or open one from the list of runs."),
              parent),
      worker_(new LatestWorker(this)) {
    setAccessibleName(tr("Genome"));
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
    setPage(page);
}

void GenomeView::clear() {
    worker_->forget();
    asked_.reset();
    canvas_->reset();
}

QString GenomeView::whyNothing() const {
    return hasMembers(snapshot()) ? whyNothingIsPainted(*snapshot()) : nothingYet();
}

void GenomeView::draw() {
    if (!asked_ || asked_->members != snapshot()->members) request();
}

void GenomeView::request() {
    if (!isVisible() || !hasMembers(snapshot())) return;
    asked_ = snapshot();
    const auto range = canvas_->range();
    const GenomeRequest request{
        .snapshot = snapshot(), .range = {range.begin, range.end}, .width = canvas_->binsWanted()};
    worker_->run([request, previous = canvas_->frame()] { return makeGenomeFrame(request, previous); },
                 [this](const GenomeFramePtr& frame) { canvas_->setFrame(frame); });
}

}  // namespace mergarium
