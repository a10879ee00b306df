#include "ui/main_window.h"

#include "ui/attraction/attraction_view.h"
#include "ui/births/births_view.h"
#include "ui/breeding/breed_view.h"
#include "ui/compare/compare_view.h"
#include "ui/export/export_desk.h"
#include "ui/figures/figure_desk.h"
#include "ui/genome/genome_view.h"
#include "ui/history/time_bar.h"
#include "ui/inspector/inspector_view.h"
#include "ui/keyboard/focus_within.h"
#include "ui/lineage/lineage_view.h"
#include "ui/members/member_text.h"
#include "ui/message_bar/message_bar.h"
#include "ui/niches/niches_view.h"
#include "ui/overview/overview_view.h"
#include "ui/queue/queue_desk.h"
#include "ui/queue/queue_view.h"
#include "ui/runs/runs_view.h"
#include "ui/selection/selection.h"
#include "ui/session/run_text.h"
#include "ui/setup/new_run_page.h"
#include "ui/sweep/sweep_page.h"
#include "ui/theme/plain_labels.h"
#include "ui/tour/tour.h"
#include "ui/transport/transport_bar.h"

#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QTabWidget>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace mergarium {
namespace {

constexpr int kNewRunTab = 0;
constexpr int kOverviewTab = 1;

}  // namespace

MainWindow::MainWindow(WindowOptions options, QWidget* parent)
    : QMainWindow(parent),
      options_(std::move(options)),
      theme_(options_.theme),
      workbench_(std::make_unique<Workbench>(options_.workplace)) {
    setObjectName("studio");
    showLabelsAsPlainText(*qApp);
    buildViews();
    buildMenus();
    connectWorkbench();
    connectViews();
    connectDrafts();
    restoreLayout();
    setTheme(theme_);
    showRun(nullptr);
    workbench_->listRuns();
}

MainWindow::~MainWindow() = default;

void MainWindow::connectWorkbench() {
    connect(workbench_.get(), &Workbench::shownChanged, this, &MainWindow::showRun);
    connect(workbench_.get(), &Workbench::latestChanged, this, &MainWindow::refreshTransport);
    connect(workbench_.get(), &Workbench::historyChanged, time_, &TimeBar::setOutline);
    connect(time_, &TimeBar::lookBackRequested, workbench_.get(), &Workbench::lookBack);
    connect(time_, &TimeBar::latestRequested, workbench_.get(), &Workbench::followLatest);
    connect(workbench_.get(), &Workbench::liveChanged, this, [this](const SnapshotPtr& live) {
        runs_->setLive(live);
        // A new run has entered the database when it first shows its number.
        const bool numbered = live && live->run;
        if (numbered && !std::exchange(listedLive_, true)) {
            workbench_->listRuns();
            if (!live->run->caution.empty()) warn(QString::fromStdString(live->run->caution));
        }
        if (!numbered) listedLive_ = false;
        refreshTransport();
    });
    connect(workbench_.get(), &Workbench::ended, this, &MainWindow::noticeEnd);
    connect(workbench_.get(), &Workbench::endedElsewhere, this, &MainWindow::noticeEnd);
    connect(workbench_.get(), &Workbench::runsListed, this, &MainWindow::noticeRuns);
    connect(workbench_.get(), &Workbench::deletionsChanged, this, &MainWindow::noticeDeletions);
    connect(workbench_.get(), &Workbench::failed, this, [this](const QString& sentence) {
        duplicating_.reset();
        messages_->say({.kind = Message::Kind::Error, .sentence = sentence});
        if (std::exchange(startsOnceListed_, false)) newRun_->start();
    });
}

void MainWindow::connectViews() {
    connect(transport_->newRun(), &QAction::triggered, this, [this] {
        tabs_->setCurrentIndex(kNewRunTab);
        focusWithin(*newRun_);
    });
    connect(transport_, &TransportBar::pauseRequested, this, [this] { workbench_->pause(); });
    connect(transport_, &TransportBar::resumeRequested, this, [this] {
        if (workbench_->isComputing())
            workbench_->goOn();
        else if (const auto& shown = workbench_->shown(); shown && shown->run)
            resumeRun({.id = shown->run->id});
    });
    connect(transport_->step(), &QAction::triggered, this, [this] { workbench_->step(); });
    connect(transport_->stop(), &QAction::triggered, this, [this] { workbench_->stop(); });

    connect(newRun_, &NewRunPage::startRequested, this, &MainWindow::begin);
    connect(newRun_, &NewRunPage::lanesChanged, this,
            [this](int lanes) { workbench_->useLanes(static_cast<std::size_t>(lanes)); });
    connect(newRun_, &NewRunPage::workersChanged, this,
            [this](const QString& workers) { workbench_->useWorkers(workers); });
    connect(runs_, &RunsView::openRequested, this, [this](RunId run) {
        showRunTab();
        workbench_->open(run);
    });
    connect(runs_, &RunsView::resumeRequested, this, [this](RunId run) { resumeRun({.id = run}); });
    connect(runs_, &RunsView::extendRequested, this, &MainWindow::askToExtend);
    connect(extend_, &QAction::triggered, this, [this] {
        const auto& latest = workbench_->latest();
        if (!latest || !latest->run) return;
        RunSummary run;
        run.id = latest->run->id;
        run.name = latest->run->configuration.name;
        run.evaluations = latest->evaluations;
        run.budget = latest->budget;
        askToExtend(run);
    });
    connect(selection_, &Selection::changed, this,
            [this] { workbench_->wantAnswers(selection_->sample().has_value()); });
    connect(runs_, &RunsView::duplicateRequested, this, &MainWindow::duplicate);
    connect(runs_, &RunsView::compareRequested, this, &MainWindow::compare);
    connect(sweep_, &SweepPage::compareRequested, this, [this](const QString& sweep) { compare({sweep}); });
    connect(sweep_, &SweepPage::openRequested, this, [this](RunId run) {
        tabs_->setCurrentIndex(kOverviewTab);
        workbench_->open(run);
    });
    connect(sweep_, &SweepPage::runsChanged, this, [this] { workbench_->listRuns(); });
    connect(sweep_, &SweepPage::started, messages_, &MessageBar::dismiss);
    connect(sweep_, &SweepPage::said, messages_, &MessageBar::say);
    connect(sweep_, &SweepPage::progressChanged, this, [this](const QString& text) {
        sweepProgress_->setText(text);
        // The page itself says more.
        sweepProgress_->setVisible(!text.isEmpty() && tabs_->currentWidget() != sweep_);
    });
    connect(compare_, &CompareView::failed, this,
            [this](const QString& sentence) { messages_->say({.kind = Message::Kind::Error, .sentence = sentence}); });
    connect(compare_, &CompareView::saved, this, [this](const QString& path) {
        messages_->say({.sentence = tr("The comparison was saved as %1.").arg(path)});
    });
    connect(runs_, &RunsView::deleteRequested, workbench_.get(), &Workbench::remove);
    connect(runs_, &RunsView::renameRequested, workbench_.get(), &Workbench::rename);
    connect(runs_, &RunsView::notesRequested, workbench_.get(), &Workbench::setNotes);

    connect(attraction_, &AttractionView::breedRequested, this, [this](MemberId first, MemberId second) {
        breed_->choose(first, second);
        tabs_->setCurrentWidget(breed_);
    });
    connect(breed_, &BreedView::breedRequested, workbench_.get(), &Workbench::breed);
    connect(breed_, &BreedView::admitRequested, workbench_.get(), &Workbench::admitBred);
    connect(breed_, &BreedView::dropRequested, workbench_.get(), &Workbench::dropBred);

    connect(queue_, &QueueDesk::changed, queueView_, &QueueView::setState);
    connect(queue_, &QueueDesk::said, messages_, &MessageBar::say);
    connect(queueView_, &QueueView::startRequested, queue_, &QueueDesk::start);
    connect(queueView_, &QueueView::holdRequested, queue_, &QueueDesk::hold);
    connect(queueView_, &QueueView::moveRequested, queue_, &QueueDesk::move);
    connect(queueView_, &QueueView::removeRequested, queue_, &QueueDesk::remove);
    connect(queueView_, &QueueView::retryRequested, queue_, &QueueDesk::retry);

    connect(inspector_, &InspectorView::exportRequested, this,
            [this](MemberId one) { exports_->ask(workbench_->shown(), one); });
    connect(exports_, &ExportDesk::said, messages_, &MessageBar::say);
    connect(tour_, &Tour::ended, this, [this] { focusWithin(*tabs_->currentWidget()); });
    connect(figures_, &FigureDesk::said, messages_, &MessageBar::say);
}

void MainWindow::warn(const QString& sentence) {
    messages_->say({.kind = Message::Kind::Warning, .sentence = sentence});
}

void MainWindow::showRun(const SnapshotPtr& snapshot) {
    if (duplicating_ && snapshot && snapshot->run && snapshot->run->id == *duplicating_) {
        duplicating_.reset();
        newRun_->setConfiguration(snapshot->run->configuration);
    }
    if (!sameRun(snapshot, seen_)) {
        selection_->clear();
        runs_->selectRun(snapshot && snapshot->run ? std::optional(snapshot->run->id) : std::nullopt);
    }
    seen_ = snapshot;
    figures_->setRun(snapshot && snapshot->run ? runName(*snapshot) : QString());
    overview_->setSnapshot(snapshot);
    niches_->setSnapshot(snapshot);
    attraction_->setSnapshot(snapshot);
    births_->setSnapshot(snapshot);
    genome_->setSnapshot(snapshot);
    breed_->setSnapshot(snapshot);
    lineage_->setSnapshot(snapshot);
    inspector_->setSnapshot(snapshot);
    tour_->setSnapshot(snapshot);
    setWindowTitle(snapshot && snapshot->run ? tr("%1 - %2 - Mergarium").arg(runName(*snapshot), databaseName())
                                             : tr("%1 - Mergarium").arg(databaseName()));
    refreshTransport();
}

void MainWindow::refreshTransport() {
    transport_->setState(workbench_->isComputing(), workbench_->live(), workbench_->latest(),
                         QString::fromStdString(workbench_->begunName()));
    time_->setState(workbench_->shown(), workbench_->isLookingBack(), workbench_->showsGoing());
    breed_->setComputing(workbench_->showsLive());
    const auto& latest = workbench_->latest();
    extend_->setEnabled(latest && latest->run && (!workbench_->showsGoing() || isPausedHere(latest->run->id)));
}

void MainWindow::showRunTab() {
    const auto* now = tabs_->currentWidget();
    if (now == newRun_ || now == compare_ || now == sweep_) tabs_->setCurrentIndex(kOverviewTab);
}

void MainWindow::compare(const QStringList& names) {
    tabs_->setCurrentWidget(compare_);
    compare_->compare(names);
}

void MainWindow::escape() {
    if (tour_->isGoing())
        tour_->leave();
    else if (messages_->message().sentence.isEmpty())
        selection_->clear();
    else
        messages_->dismiss();
}

}  // namespace mergarium
