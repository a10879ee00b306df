#include "ui/overview/overview_view.h"

#include "ui/members/member_text.h"
#include "ui/overview/archive_pane.h"
#include "ui/overview/progress_plot.h"
#include "ui/theme/empty_page.h"

#include <QLabel>
#include <QSplitter>
#include <QStackedLayout>

namespace mergarium {

OverviewView::OverviewView(QWidget* parent) : QWidget(parent), pages_(new QStackedLayout(this)) {
    setAccessibleName(tr("Overview"));
    empty_ = makeEmptyPage({}, this);
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
    pages_->addWidget(empty_);
    pages_->addWidget(splitter);
    connect(archive_, &ArchivePane::memberSelected, this, &OverviewView::memberSelected);
    refresh();
}

void OverviewView::setSnapshot(const SnapshotPtr& snapshot) {
    if (!sameRun(snapshot, snapshot_)) archive_->clear();
    snapshot_ = snapshot;
    if (isVisible()) refresh();
}

void OverviewView::selectMember(MemberId member) { archive_->selectMember(member); }

void OverviewView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void OverviewView::refresh() {
    if (!snapshot_ || !snapshot_->run) {
        empty_->setText(snapshot_ && !snapshot_->message.empty()
                            ? QString::fromStdString(snapshot_->message)
                            : tr("The progress of a run and the members of its archive appear here. "
                                 "Start a new run, or open one from the list of runs."));
        pages_->setCurrentIndex(0);
        shown_ = snapshot_;
        return;
    }
    pages_->setCurrentIndex(1);
    plot_->setCurve(snapshot_->curve, snapshot_->budget);
    if (!shown_ || shown_->members != snapshot_->members || shown_->evaluations != snapshot_->evaluations)
        archive_->setSnapshot(snapshot_);
    shown_ = snapshot_;
}

}  // namespace mergarium
