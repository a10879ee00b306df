#include "ui/niches/niches_view.h"

#include "ui/background/latest_worker.h"
#include "ui/members/member_text.h"
#include "ui/niches/niche_canvas.h"
#include "ui/niches/niche_frame.h"
#include "ui/theme/empty_page.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedLayout>
#include <QToolButton>
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

QToolButton* addButton(QHBoxLayout* row, const QString& text, const QString& meaning, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setToolTip(meaning);
    button->setAccessibleName(meaning);
    button->setAutoRaise(true);
    row->addWidget(button);
    return button;
}

}  // namespace

NichesView::NichesView(QWidget* parent) : QWidget(parent), pages_(new QStackedLayout(this)), worker_(new LatestWorker(this)) {
    setAccessibleName(tr("Niches"));
    empty_ = makeEmptyPage({}, this);
    auto* page = new QWidget(this);
    canvas_ = new NicheCanvas(page);
    readout_ = new QLabel(page);
    readout_->setForegroundRole(QPalette::WindowText);
    readout_->setMinimumWidth(1);
    readout_->setMinimumHeight(readout_->fontMetrics().height());
    readout_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);

    auto* controls = new QHBoxLayout;
    order_ = addChoice(controls, tr("&Samples by"), tr("In which order samples stand from left to right."), page);
    order_->addItem(tr("class"), static_cast<int>(SampleOrder::Group));
    order_->addItem(tr("difficulty"), static_cast<int>(SampleOrder::Difficulty));
    order_->addItem(tr("owner"), static_cast<int>(SampleOrder::Owner));
    binning_ = addChoice(controls, tr("&Bins show"),
                         tr("What a column shows when several samples share it: the mean of their shares, or the largest, "
                            "so that a single sample stays visible."), page);
    binning_->addItem(tr("mean"), static_cast<int>(Binning::Mean));
    binning_->addItem(tr("largest"), static_cast<int>(Binning::Max));
    controls->addStretch(1);
    auto* in = addButton(controls, QStringLiteral("+"), tr("Zoom in (+, or the wheel)"), page);
    auto* out = addButton(controls, QStringLiteral("\u2212"), tr("Zoom out (-, or the wheel)"), page);
    auto* all = addButton(controls, tr("All"), tr("See all samples (Home)"), page);

    auto* layout = new QVBoxLayout(page);
    layout->addLayout(controls);
    layout->addWidget(canvas_, 1);
    layout->addWidget(readout_);
    pages_->addWidget(empty_);
    pages_->addWidget(page);

    connect(order_, &QComboBox::currentIndexChanged, this, &NichesView::request);
    connect(binning_, &QComboBox::currentIndexChanged, this, &NichesView::request);
    connect(in, &QToolButton::clicked, canvas_, &NicheCanvas::zoomIn);
    connect(out, &QToolButton::clicked, canvas_, &NicheCanvas::zoomOut);
    connect(all, &QToolButton::clicked, canvas_, &NicheCanvas::seeAll);
    connect(canvas_, &NicheCanvas::rangeChanged, this, &NichesView::request);
    connect(canvas_, &NicheCanvas::sampleSelected, this, &NichesView::sampleSelected);
    connect(canvas_, &NicheCanvas::memberSelected, this, &NichesView::memberSelected);
    connect(canvas_, &NicheCanvas::readoutChanged, this, [this](const QString& text) {
        readout_->setText(text.isEmpty() ? tr("Point at a cell to read it; click it to inspect its sample, or a row's label to inspect "
                                              "its member. Arrow keys move the cell cursor, Enter inspects the sample, Ctrl+Enter the member.")
                                         : text);
    });
    Q_EMIT canvas_->readoutChanged({});
    refresh();
}

void NichesView::setSnapshot(const SnapshotPtr& snapshot) {
    if (!sameRun(snapshot, snapshot_)) {
        worker_->forget();
        canvas_->reset();
    }
    snapshot_ = snapshot;
    if (isVisible()) refresh();
}

void NichesView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void NichesView::refresh() {
    if (!hasMembers(snapshot_)) {
        empty_->setText(snapshot_ && !snapshot_->message.empty()
                            ? QString::fromStdString(snapshot_->message)
                            : tr("Who wins which sample appears here: members by fitness, samples side by side, coloured by the share "
                                 "each member has of a sample. Start a new run, or open one from the list of runs."));
        pages_->setCurrentIndex(0);
        return;
    }
    order_->setItemText(0, groupNoun(*snapshot_));
    pages_->setCurrentIndex(1);
    request();
}

void NichesView::request() {
    if (!isVisible() || !hasMembers(snapshot_)) return;
    const NicheRequest request{.snapshot = snapshot_,
                               .order = sampleOrder(),
                               .binning = binning(),
                               .range = canvas_->range(),
                               .width = canvas_->binsWanted()};
    worker_->run([request, previous = canvas_->frame()] { return makeNicheFrame(request, previous); },
                 [this](const NicheFramePtr& frame) { canvas_->setFrame(frame); });
}

SampleOrder NichesView::sampleOrder() const { return static_cast<SampleOrder>(order_->currentData().toInt()); }

Binning NichesView::binning() const { return static_cast<Binning>(binning_->currentData().toInt()); }

}  // namespace mergarium
