#include "ui/niches/niches_view.h"

#include "ui/background/latest_worker.h"
#include "ui/canvas/canvas_controls.h"
#include "ui/members/member_text.h"
#include "ui/niches/niche_canvas.h"
#include "ui/niches/niche_frame.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace mergarium {
namespace {

QComboBox* addChoice(QHBoxLayout* row, const QString& label, const QString& meaning, QWidget* parent) {
    auto* text = new QLabel(label, parent);
    auto* box = new QComboBox(parent);
    text->setBuddy(box);
    text->setToolTip(meaning);
    box->setToolTip(meaning);
    row->addWidget(text);
    row->addWidget(box);
    return box;
}

}  // namespace

NichesView::NichesView(QWidget* parent)
    : RunView(tr("Who wins which sample appears here: members by fitness, samples side by side, coloured by the share "
                 "each member has of a sample. Start a new run, or open one from the list of runs."),
              parent),
      worker_(new LatestWorker(this)) {
    setAccessibleName(tr("Niches"));
    auto* page = new QWidget(this);
    canvas_ = new NicheCanvas(page);
    readout_ = makeReadout(page);

    auto* controls = new QHBoxLayout;
    order_ = addChoice(controls, tr("&Samples by"), tr("In which order samples stand from left to right."), page);
    order_->addItem(tr("class"), static_cast<int>(SampleOrder::Group));
    order_->addItem(tr("difficulty"), static_cast<int>(SampleOrder::Difficulty));
    order_->addItem(tr("owner"), static_cast<int>(SampleOrder::Owner));
    binning_ =
        addChoice(controls, tr("&Bins show"),
                  tr("What a column shows when several samples share it: the mean of their shares, or the largest, "
                     "so that a single sample stays visible."),
                  page);
    binning_->addItem(tr("mean"), static_cast<int>(Binning::Mean));
    binning_->addItem(tr("largest"), static_cast<int>(Binning::Max));
    onlyMember_ = new QCheckBox(page);
    onlyMember_->setObjectName("onlyMember");
    onlyMember_->setToolTip(
        tr("Show only samples that the chosen member solves and nobody else does. Choose a member in any view."));
    controls->addSpacing(fontMetrics().height());
    controls->addWidget(onlyMember_);
    controls->addStretch(1);
    addZoomButtons(controls, canvas_, tr("See all samples (Home)"));

    auto* layout = new QVBoxLayout(page);
    layout->addLayout(controls);
    layout->addWidget(canvas_, 1);
    layout->addWidget(readout_);

    connect(order_, &QComboBox::currentIndexChanged, this, &NichesView::request);
    connect(binning_, &QComboBox::currentIndexChanged, this, &NichesView::request);
    connect(onlyMember_, &QCheckBox::toggled, this, [this] {
        canvas_->reset();
        request();
    });
    connect(canvas_, &NicheCanvas::rangeChanged, this, &NichesView::request);
    connect(canvas_, &NicheCanvas::sampleSelected, this, &NichesView::sampleSelected);
    connect(canvas_, &NicheCanvas::memberSelected, this, &NichesView::memberSelected);
    connect(canvas_, &NicheCanvas::readoutChanged, this, [this](const QString& text) {
        readout_->setText(
            text.isEmpty()
                ? tr("Point at a cell to read it; click it to inspect its sample, or a row's label to inspect "
                     "its member. Arrow keys move the cell cursor, Enter inspects the sample, Ctrl+Enter the member.")
                : text);
    });
    Q_EMIT canvas_->readoutChanged({});
    nameFilter();
    setPage(page);
}

void NichesView::selectMember(MemberId member) {
    if (member_ == member) return;
    member_ = member;
    nameFilter();
    if (!onlyMember_->isChecked()) return;
    canvas_->reset();
    request();
}

void NichesView::nameFilter() {
    onlyMember_->setEnabled(member_.has_value());
    onlyMember_->setText(member_ ? tr("&Only %1 is right").arg(memberText(*member_))
                                 : tr("&Only the chosen member is right"));
}

void NichesView::clear() {
    worker_->forget();
    canvas_->reset();
    member_.reset();
    onlyMember_->setChecked(false);
    nameFilter();
}

void NichesView::draw() {
    order_->setItemText(0, groupNoun(*snapshot()));
    request();
}

void NichesView::request() {
    if (!isVisible() || !hasMembers(snapshot())) return;
    const NicheRequest request{.snapshot = snapshot(),
                               .order = sampleOrder(),
                               .binning = binning(),
                               .soleSolver = onlyMember_->isChecked() ? member_ : std::nullopt,
                               .range = canvas_->range(),
                               .width = canvas_->binsWanted()};
    worker_->run([request, previous = canvas_->frame()] { return makeNicheFrame(request, previous); },
                 [this](const NicheFramePtr& frame) { canvas_->setFrame(frame); });
}

SampleOrder NichesView::sampleOrder() const { return static_cast<SampleOrder>(order_->currentData().toInt()); }

Binning NichesView::binning() const { return static_cast<Binning>(binning_->currentData().toInt()); }

}  // namespace mergarium
