#include "ui/niches/niches_view.h"

#include "ui/background/latest_worker.h"
#include "ui/canvas/canvas_controls.h"
#include "ui/members/member_text.h"
#include "ui/niches/niche_canvas.h"
#include "ui/niches/niche_frame.h"
#include "ui/niches/sample_pane.h"
#include "ui/niches/sample_search.h"
#include "ui/pictures/board_content.h"
#include "ui/pictures/picture_pane.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSplitter>
#include <QVBoxLayout>

namespace mergarium {
namespace {

QComboBox* addChoice(QHBoxLayout* row, const QString& label, const QString& meaning, QWidget* parent) {
    auto* box = new QComboBox(parent);
    addLabelled(row, label, meaning, box);
    return box;
}

}  // namespace

NichesView::NichesView(Selection& selection, QWidget* parent)
    : RunView(tr("Who wins which sample appears here: members by fitness, samples side by side, coloured by the share "
                 "each member has of a sample. Start a new run, or open one from the list of runs."),
              selection, parent),
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
    order_->addItem(tr("similarity"), static_cast<int>(SampleOrder::Similarity));
    measure_ = addChoice(controls, tr("&Colour"),
                         tr("What colour means: the share of a sample that a member gets, its score, whether it solves "
                            "the sample, or how its score differs from the selected member's."),
                         page);
    measure_->setObjectName("measure");
    measure_->addItem(tr("share"), static_cast<int>(NicheMeasure::Share));
    measure_->addItem(tr("score"), static_cast<int>(NicheMeasure::Score));
    measure_->addItem(tr("solved"), static_cast<int>(NicheMeasure::Solved));
    measure_->addItem(tr("difference"), static_cast<int>(NicheMeasure::Difference));
    binning_ =
        addChoice(controls, tr("&Bins show"),
                  tr("What a column shows when several samples share it: their mean, or the largest, so that a single "
                     "sample stays visible."),
                  page);
    binning_->addItem(tr("mean"), static_cast<int>(Binning::Mean));
    binning_->addItem(tr("largest"), static_cast<int>(Binning::Max));
    onlyMember_ = new QCheckBox(page);
    onlyMember_->setObjectName("onlyMember");
    onlyMember_->setToolTip(
        tr("Show only samples that the chosen member solves and nobody else does. Choose a member in any view."));
    controls->addStretch(1);
    addZoomButtons(controls, canvas_, tr("See all samples (Home)"));
    auto* finding = new QHBoxLayout;
    auto* listed = new QCheckBox(tr("&List"), page);
    listed->setObjectName("list");
    listed->setToolTip(tr("The samples in numbers, and two members side by side."));
    pictured_ = new QCheckBox(tr("Pict&ures"), page);
    pictured_->setObjectName("pictured");
    pictured_->setToolTip(tr("What members painted, beside the references, caption by caption."));
    pictured_->hide();
    finding->addWidget(onlyMember_);
    finding->addStretch(1);
    finding->addWidget(pictured_);
    finding->addWidget(listed);
    auto* findLabel = new QLabel(tr("F&ind a sample"), page);
    find_ = new QLineEdit(page);
    find_->setObjectName("findSample");
    find_->setPlaceholderText(tr("number or words"));
    find_->setToolTip(
        tr("A sample's number, or words of its question or class: Enter selects the next that has them."));
    find_->setClearButtonEnabled(true);
    findLabel->setBuddy(find_);
    finding->addWidget(findLabel);
    finding->addWidget(find_);

    auto* layout = new QVBoxLayout(page);
    layout->addLayout(controls);
    layout->addLayout(finding);
    list_ = new SamplePane(selection, page);
    list_->hide();
    pictures_ = new PicturePane(selection, page);
    pictures_->hide();
    auto* splitter = new QSplitter(Qt::Vertical, page);
    splitter->addWidget(canvas_);
    splitter->addWidget(pictures_);
    splitter->addWidget(list_);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({2000, 3000, 2000});
    layout->addWidget(splitter, 1);
    layout->addWidget(readout_);
    connect(listed, &QCheckBox::toggled, this, [this](bool shown) {
        list_->setVisible(shown);
        list_->setFrame(shown ? canvas_->frame() : nullptr);
    });

    connect(pictured_, &QCheckBox::toggled, this, [this](bool shown) {
        pictures_->setVisible(shown);
        pictures_->setFrame(shown ? canvas_->frame() : nullptr);
        if (shown) pictures_->mark();
    });
    connect(pictures_, &PicturePane::readoutChanged, canvas_, &NicheCanvas::readoutChanged);

    connect(order_, &QComboBox::currentIndexChanged, this, &NichesView::request);
    connect(binning_, &QComboBox::currentIndexChanged, this, &NichesView::request);
    connect(measure_, &QComboBox::currentIndexChanged, this, &NichesView::request);
    connect(find_, &QLineEdit::returnPressed, this, &NichesView::find);
    connect(onlyMember_, &QCheckBox::toggled, this, [this] {
        canvas_->reset();
        request();
    });
    connect(canvas_, &NicheCanvas::rangeChanged, this, &NichesView::request);
    connect(canvas_, &NicheCanvas::sampleSelected, &selection, qOverload<std::size_t>(&Selection::select));
    connect(canvas_, &NicheCanvas::memberSelected, &selection, qOverload<MemberId>(&Selection::select));
    connect(canvas_, &NicheCanvas::readoutChanged, this, [this](const QString& text) {
        readout_->setText(
            text.isEmpty()
                ? tr("Point at a cell to read it; click it to inspect its sample, or a row's label to inspect "
                     "its member. Arrow keys move the cell cursor, Enter inspects the sample, Ctrl+Enter the member.")
                : text);
    });
    Q_EMIT canvas_->readoutChanged({});
    nameFilter();
    setFocusProxy(canvas_);
    setPage(page);
}

void NichesView::mark() {
    canvas_->select(selection().member());
    canvas_->selectSample(selection().sample());
    if (list_->isVisible()) list_->mark();
    if (pictures_->isVisible()) pictures_->mark();
    if (member_ == selection().member()) return;
    member_ = selection().member();
    if (!member_) onlyMember_->setChecked(false);
    nameFilter();
    if (measure() == NicheMeasure::Difference) request();
    if (!onlyMember_->isChecked()) return;
    canvas_->reset();
    request();
}

void NichesView::find() {
    const auto found =
        hasMembers(snapshot()) ? findSample(*snapshot(), find_->text(), selection().sample()) : std::nullopt;
    if (!found) {
        readout_->setText(tr("No sample has '%1'.").arg(find_->text()));
        return;
    }
    selection().select(*found);
    canvas_->seeSample(*found);
}

void NichesView::nameFilter() {
    onlyMember_->setEnabled(member_.has_value());
    onlyMember_->setText(member_ ? tr("&Only %1 is right").arg(memberText(*member_))
                                 : tr("&Only the chosen member is right"));
}

void NichesView::clear() {
    worker_->forget();
    canvas_->reset();
    list_->setFrame(nullptr);
    pictures_->setFrame(nullptr);
    pictured_->setChecked(false);
    pictured_->hide();
    member_.reset();
    onlyMember_->setChecked(false);
    nameFilter();
}

void NichesView::draw() {
    order_->setItemText(0, groupNoun(*snapshot()));
    offerPictures();
    request();
}

/// Where there are some they are shown, until somebody says otherwise.
void NichesView::offerPictures() {
    if (!pictured_->isHidden() || !hasPictures(snapshot())) return;
    pictured_->show();
    pictured_->setChecked(true);
}

void NichesView::request() {
    if (!isVisible() || !hasMembers(snapshot())) return;
    const NicheRequest request{.snapshot = snapshot(),
                               .order = sampleOrder(),
                               .binning = binning(),
                               .measure = measure(),
                               .reference = selection().member(),
                               .soleSolver = onlyMember_->isChecked() ? member_ : std::nullopt,
                               .range = canvas_->range(),
                               .width = canvas_->binsWanted()};
    worker_->run([request, previous = canvas_->frame()] { return makeNicheFrame(request, previous); },
                 [this](const NicheFramePtr& frame) {
                     canvas_->setFrame(frame);
                     if (list_->isVisible()) list_->setFrame(frame);
                     if (pictures_->isVisible()) pictures_->setFrame(frame);
                 });
}

SampleOrder NichesView::sampleOrder() const { return static_cast<SampleOrder>(order_->currentData().toInt()); }

NicheMeasure NichesView::measure() const { return static_cast<NicheMeasure>(measure_->currentData().toInt()); }

Binning NichesView::binning() const { return static_cast<Binning>(binning_->currentData().toInt()); }

}  // namespace mergarium
