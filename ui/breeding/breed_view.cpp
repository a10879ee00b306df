#include "ui/breeding/breed_view.h"

#include "ui/background/latest_worker.h"
#include "ui/breeding/breed_text.h"
#include "ui/breeding/change_table.h"
#include "ui/breeding/split_canvas.h"
#include "ui/canvas/canvas_controls.h"
#include "ui/members/member_text.h"
#include "ui/table/plain_table.h"
#include "ui/theme/empty_page.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace mergarium {
namespace {

constexpr int kSliderSteps = 1000;

MemberId memberIn(const QComboBox& members) { return {members.currentData().toULongLong()}; }

}  // namespace

BreedView::BreedView(Selection& selection, QWidget* parent)
    : RunView(tr("Here you pair two members by hand: choose them, set split points and a mixing ratio, and see what "
                 "their child would be before it is admitted. Start a new run, or open one from the list of runs."),
              selection, parent),
      changes_(new ChangeTable(this)),
      worker_(new LatestWorker(this)) {
    setAccessibleName(tr("Breed"));
    auto* page = new QWidget(this);
    auto* layout = new QVBoxLayout(page);
    layout->addWidget(makeControls(page));
    canvas_ = new SplitCanvas(page);
    auto* splitter = new QSplitter(Qt::Vertical, page);
    splitter->addWidget(canvas_);
    splitter->addWidget(makeOutcome(page));
    splitter->setChildrenCollapsible(false);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    layout->addWidget(splitter, 1);
    readout_ = makeReadout(page);
    layout->addWidget(readout_);

    connect(canvas_, &SplitCanvas::rangeChanged, this, &BreedView::drawRibbons);
    connect(canvas_, &SplitCanvas::splitsChanged, this, &BreedView::drawRibbons);
    connect(canvas_, &SplitCanvas::memberSelected, &selection, qOverload<MemberId>(&Selection::select));
    connect(canvas_, &SplitCanvas::readoutChanged, this, [this](const QString& text) {
        readout_->setText(text.isEmpty()
                              ? tr("Double-click to set a split point, drag it to move it, right-click it to "
                                   "take it away. With keys: S at the cursor, Ctrl with the arrows moves it.")
                              : text);
    });
    Q_EMIT canvas_->readoutChanged({});
    setFocusProxy(first_);
    setPage(page);
}

QWidget* BreedView::makeControls(QWidget* page) {
    auto* controls = new QWidget(page);
    auto* row = new QHBoxLayout(controls);
    row->setContentsMargins({});
    const auto members = [&](const QString& label, const QString& meaning, const char* name) {
        auto* box = new QComboBox(controls);
        box->setObjectName(name);
        box->setAccessibleName(meaning);
        box->setFont(tabularFont());
        addLabelled(row, label, meaning, box);
        connect(box, &QComboBox::currentIndexChanged, this, &BreedView::drawRibbons);
        return box;
    };
    first_ = members(tr("Parent &1"), tr("The member that the mixing ratio 0 is."), "firstParent");
    second_ = members(tr("Parent &2"), tr("The member that the mixing ratio 1 is."), "secondParent");
    slider_ = new QSlider(Qt::Horizontal, controls);
    slider_->setRange(0, kSliderSteps);
    slider_->setAccessibleName(tr("Mixing ratio"));
    ratio_ = new QDoubleSpinBox(controls);
    ratio_->setObjectName("ratio");
    ratio_->setAccessibleName(tr("Mixing ratio"));
    ratio_->setRange(0.0, 1.0);
    ratio_->setDecimals(3);
    ratio_->setSingleStep(0.05);
    ratio_->setLocale(QLocale::c());
    ratio_->setValue(0.5);
    slider_->setValue(kSliderSteps / 2);
    addLabelled(row, tr("Mi&xing ratio"),
                tr("The weight of parent 2 before the first split point; from each split point on, parents change "
                   "places."),
                ratio_);
    row->addWidget(slider_, 1);
    interpolation_ = new QComboBox(controls);
    for (const auto one : kInterpolations)
        interpolation_->addItem(QString::fromUtf8(nameOf(one).data(), static_cast<int>(nameOf(one).size())),
                                static_cast<int>(one));
    interpolation_->setAccessibleName(tr("Interpolation"));
    interpolation_->setToolTip(tr("How the two parameter vectors are mixed."));
    row->addWidget(interpolation_);
    connect(interpolation_, &QComboBox::currentIndexChanged, this, &BreedView::drawRibbons);
    connect(slider_, &QSlider::valueChanged, ratio_,
            [this](int value) { ratio_->setValue(static_cast<double>(value) / kSliderSteps); });
    connect(ratio_, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        const QSignalBlocker silent(slider_);
        slider_->setValue(static_cast<int>(std::lround(value * kSliderSteps)));
        drawRibbons();
    });
    return controls;
}

QWidget* BreedView::makeOutcome(QWidget* page) {
    auto* below = new QWidget(page);
    auto* column = new QVBoxLayout(below);
    column->setContentsMargins({});
    auto* row = new QHBoxLayout;
    outcome_ = new QLabel(below);
    outcome_->setObjectName("outcome");
    outcome_->setWordWrap(true);
    outcome_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row->addWidget(outcome_, 1);
    const auto button = [&](const QString& text, const QString& meaning, void (BreedView::*asked)()) {
        auto* one = new QPushButton(text, below);
        one->setToolTip(meaning);
        row->addWidget(one);
        if (asked) connect(one, &QPushButton::clicked, this, asked);
        return one;
    };
    breed_ = button(tr("Score the &child"), tr("Breed this child and score it; it takes no step of the run."), nullptr);
    connect(breed_, &QPushButton::clicked, this, [this] { Q_EMIT breedRequested(wish()); });
    admit_ = button(tr("A&dmit"),
                    tr("The child takes the run's next step: it competes for its place as any other. The run remembers "
                       "it as an event, so that it can be repeated."),
                    &BreedView::admitRequested);
    drop_ = button(tr("Dro&p"), tr("Forget this child, or stop scoring it."), &BreedView::dropRequested);
    table_ = makePlainTable(below);
    table_->setModel(changes_);
    table_->setAccessibleName(tr("What the child gains and loses, by sample"));
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table_->horizontalHeader()->setStretchLastSection(true);
    connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) {
        if (const auto sample = changes_->keyOf(index.row())) selection().select(static_cast<std::size_t>(*sample));
    });
    column->addLayout(row);
    noChanges_ = makeEmptyPage({}, below);
    noChanges_->setObjectName("noChanges");
    changePages_ = new QStackedLayout;
    changePages_->addWidget(noChanges_);
    changePages_->addWidget(table_);
    column->addLayout(changePages_, 1);
    return below;
}

Parentage BreedView::wish() const {
    return {memberIn(*first_),
            memberIn(*second_),
            {.splits = canvas_->splits(),
             .ratio = ratio_->value(),
             .interpolation = static_cast<Interpolation>(interpolation_->currentData().toInt())}};
}

void BreedView::setComputing(bool computing) {
    if (std::exchange(computing_, computing) != computing && isVisible()) showOutcome();
}

void BreedView::choose(MemberId first, MemberId second) {
    for (const auto& [box, member] : {std::pair(first_, first), std::pair(second_, second)}) {
        if (const int row = box->findData(QVariant::fromValue<qulonglong>(member.value)); row >= 0)
            box->setCurrentIndex(row);
        else
            box->addItem(memberText(member), QVariant::fromValue<qulonglong>(member.value)),
                box->setCurrentIndex(box->count() - 1);
    }
}

void BreedView::clear() {
    worker_->forget();
    drawn_ = nullptr;
    for (auto* box : {first_, second_}) {
        const QSignalBlocker silent(box);
        box->clear();
    }
    canvas_->reset();
    canvas_->setSplits({});
    changes_->show(nullptr, nullptr, {});
}

/// `otherwise`: who is chosen, by rank, where nobody was or who was has left.
void BreedView::fill(QComboBox& members, std::size_t otherwise) {
    const QSignalBlocker silent(&members);
    const auto chosen = members.currentData();
    members.clear();
    for (const auto& [member, fitness] : rankedMembers(*snapshot()))
        members.addItem(tr("%1   %2 %").arg(memberText(member->id), percentNumber(member->scores.mean())),
                        QVariant::fromValue<qulonglong>(member->id.value));
    const int row = chosen.isValid() ? members.findData(chosen) : -1;
    members.setCurrentIndex(row >= 0 ? row : std::min<int>(static_cast<int>(otherwise), members.count() - 1));
}

void BreedView::draw() {
    if (!drawn_ || drawn_->members != snapshot()->members) {
        fill(*first_, 0);
        fill(*second_, 1);
    }
    drawn_ = snapshot();
    drawRibbons();
}

void BreedView::mark() { canvas_->select(selection().member()); }

void BreedView::drawRibbons() {
    if (!isVisible() || !hasMembers(snapshot())) return;
    const auto seen = canvas_->range();
    worker_->run(
        [snapshot = snapshot(), wish = wish(), range = VectorRange{seen.begin, seen.end}, width = canvas_->binsWanted(),
         previous = canvas_->frame()] { return makeBreedFrame(snapshot, wish, range, width, previous); },
        [this](const GenomeFramePtr& frame) { canvas_->setFrame(frame); });
    showOutcome();
}

QString BreedView::whyNot() const {
    if (snapshot()->lookedBackFrom) return tr("Go back to how the run is now to breed in it.");
    if (!computing_ && snapshot()->isElsewhere)
        return tr("Another process computes this run: it is bred in here once that has stopped it.");
    if (!computing_ && snapshot()->phase == Phase::Finished)
        return tr("The run has finished. Give it more evaluations (Extend), and pause it to breed in it.");
    if (!computing_) return tr("Resume the run and pause it to breed in it.");
    if (snapshot()->phase != Phase::Paused) return tr("Pause the run to breed in it.");
    return {};
}

void BreedView::showOutcome() {
    if (!hasMembers(snapshot())) return;
    const auto why = whyNot();
    const auto& bred = snapshot()->handBred;
    const bool scoring = bred && !bred->child && bred->failure.empty();
    admit_->setEnabled(why.isEmpty() && bred && bred->child);
    drop_->setEnabled(why.isEmpty() && bred != nullptr);
    // The keyboard stays beside what it asked for.
    if (scoring && breed_->hasFocus() && drop_->isEnabled()) drop_->setFocus();
    breed_->setEnabled(why.isEmpty() && !scoring);
    outcome_->setText(why.isEmpty() ? breedText(*snapshot(), wish()) : why);
    if (!changes_->changes().empty() || bred)
        changes_->show(snapshot(), bred && bred->child ? bred : nullptr,
                       bred ? changesOf(*snapshot(), *bred) : std::vector<Change>());
    const bool any = !changes_->changes().empty();
    if (!any) noChanges_->setText(noChangesText(bred.get()));
    changePages_->setCurrentWidget(any ? static_cast<QWidget*>(table_) : noChanges_);
}

}  // namespace mergarium
