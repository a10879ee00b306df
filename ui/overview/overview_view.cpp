#include "ui/overview/overview_view.h"

#include "ui/overview/archive_pane.h"
#include "ui/overview/progress_plot.h"
#include "ui/overview/worker_pane.h"

#include <QSplitter>

namespace mergarium {

OverviewView::OverviewView(Selection& selection, QWidget* parent)
    : RunView(tr("The progress of a run and the members of its archive appear here. "
                 "Start a new run, or open one from the list of runs."),
              selection, parent) {
    setAccessibleName(tr("Overview"));
    auto* splitter = new QSplitter(Qt::Vertical, this);
    plot_ = new ProgressPlot(splitter);
    archive_ = new ArchivePane(splitter);
    splitter->addWidget(plot_);
    splitter->addWidget(archive_);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    const int line = fontMetrics().height();
    plot_->setMinimumHeight(9 * line);
    archive_->setMinimumHeight(6 * line);
    connect(archive_, &ArchivePane::memberSelected, &selection, qOverload<MemberId>(&Selection::select));
    setFocusProxy(archive_->focusProxy());
    setPage(splitter);
}

QWidget* OverviewView::curves() const { return plot_; }

QWidget* OverviewView::archive() const { return archive_; }

void OverviewView::mark() { archive_->selectMember(selection().member()); }

void OverviewView::clear() {
    plot_->setCurve(nullptr, 0);
    archive_->clear();
    if (workers_) workers_->setWorkers({});
    shown_.reset();
}

QString OverviewView::whyNothing() const { return snapshot() && snapshot()->run ? QString() : nothingYet(); }

void OverviewView::draw() {
    plot_->setCurve(snapshot()->curve, snapshot()->budget);
    if (!shown_ || shown_->members != snapshot()->members || shown_->evaluations != snapshot()->evaluations)
        archive_->setSnapshot(snapshot());
    // Few runs have workers: their pane is made for the first that does.
    if (!workers_ && !snapshot()->workers.empty()) {
        workers_ = new WorkerPane(plot_->parentWidget());
        qobject_cast<QSplitter*>(plot_->parentWidget())->addWidget(workers_);
    }
    if (workers_) workers_->setWorkers(snapshot()->workers);
    shown_ = snapshot();
}

}  // namespace mergarium
