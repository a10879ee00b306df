#include "ui/main_window.h"

#include "ui/attraction/attraction_view.h"
#include "ui/compare/compare_view.h"
#include "ui/export/export_desk.h"
#include "ui/genome/genome_view.h"
#include "ui/inspector/inspector_view.h"
#include "ui/message_bar/message_bar.h"
#include "ui/niches/niches_view.h"
#include "ui/overview/overview_view.h"
#include "ui/runs/runs_view.h"
#include "ui/session/run_text.h"
#include "ui/setup/new_run_page.h"
#include "ui/sweep/sweep_page.h"
#include "ui/transport/transport_bar.h"

#include <QAction>
#include <QLabel>
#include <QTabWidget>

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
    buildViews();
    buildMenus();
    connectWorkbench();
    connectViews();
    restoreLayout();
    setTheme(theme_);
    showRun(nullptr);
    workbench_->listRuns();
}

MainWindow::~MainWindow() = default;

void MainWindow::connectWorkbench() {
    connect(workbench_.get(), &Workbench::shownChanged, this, &MainWindow::showRun);
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
    connect(workbench_.get(), &Workbench::runsListed, this, &MainWindow::noticeRuns);
    connect(workbench_.get(), &Workbench::failed, this, [this](const QString& sentence) {
        duplicating_.reset();
        messages_->say({.kind = Message::Kind::Error, .sentence = sentence});
    });
}

void MainWindow::connectViews() {
    connect(transport_->newRun(), &QAction::triggered, this, [this] {
        tabs_->setCurrentIndex(kNewRunTab);
        newRun_->setFocus();
    });
    connect(transport_, &TransportBar::pauseRequested, this, [this] { workbench_->pause(); });
    connect(transport_, &TransportBar::resumeRequested, this, [this] {
        if (workbench_->isComputing())
            workbench_->goOn();
        else if (const auto& shown = workbench_->shown(); shown && shown->run)
            resumeRun(shown->run->id);
    });
    connect(transport_->step(), &QAction::triggered, this, [this] { workbench_->step(); });
    connect(transport_->stop(), &QAction::triggered, this, [this] { workbench_->stop(); });

    connect(newRun_, &NewRunPage::startRequested, this, [this](const RunConfiguration& configuration) {
        messages_->dismiss();
        greeted_ = true;
        tabs_->setCurrentIndex(kOverviewTab);
        workbench_->start(configuration);
    });
    connect(newRun_, &NewRunPage::lanesChanged, this,
            [this](int lanes) { workbench_->useLanes(static_cast<std::size_t>(lanes)); });
    connect(runs_, &RunsView::openRequested, this, [this](RunId run) {
        showRunTab();
        workbench_->open(run);
    });
    connect(runs_, &RunsView::resumeRequested, this, &MainWindow::resumeRun);
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
    connect(runs_, &RunsView::deleteRequested, this, &MainWindow::askToDelete);

    const auto member = qOverload<MemberId>(&MainWindow::inspect);
    const auto sample = qOverload<std::size_t>(&MainWindow::inspect);
    connect(overview_, &OverviewView::memberSelected, this, member);
    connect(niches_, &NichesView::memberSelected, this, member);
    connect(niches_, &NichesView::sampleSelected, this, sample);
    connect(attraction_, &AttractionView::memberSelected, this, member);
    connect(genome_, &GenomeView::memberSelected, this, member);
    connect(inspector_, &InspectorView::exportRequested, this,
            [this](MemberId one) { exports_->ask(workbench_->shown(), one); });
    connect(exports_, &ExportDesk::said, messages_, &MessageBar::say);
    connect(inspector_, &InspectorView::memberSelected, this, member);
    connect(inspector_, &InspectorView::sampleSelected, this, sample);
}

void MainWindow::startPreset(const QString& name) {
    greeted_ = true;
    if (newRun_->choosePreset(name))
        newRun_->start();
    else
        messages_->say(
            {.kind = Message::Kind::Error, .sentence = tr("There is no preset '%1'; choose one here.").arg(name)});
}

void MainWindow::resumeRun(RunId run) {
    messages_->dismiss();
    greeted_ = true;
    showRunTab();
    workbench_->resume(run);
}

void MainWindow::warn(const QString& sentence) {
    messages_->say({.kind = Message::Kind::Warning, .sentence = sentence});
}

void MainWindow::showRun(const SnapshotPtr& snapshot) {
    if (duplicating_ && snapshot && snapshot->run && snapshot->run->id == *duplicating_) {
        duplicating_.reset();
        newRun_->setConfiguration(snapshot->run->configuration);
    }
    overview_->setSnapshot(snapshot);
    niches_->setSnapshot(snapshot);
    attraction_->setSnapshot(snapshot);
    genome_->setSnapshot(snapshot);
    inspector_->setSnapshot(snapshot);
    setWindowTitle(snapshot && snapshot->run ? tr("%1 - Mergarium").arg(runName(*snapshot)) : tr("Mergarium"));
    refreshTransport();
}

void MainWindow::refreshTransport() {
    transport_->setState(workbench_->isComputing(), workbench_->live(), workbench_->shown());
}

void MainWindow::noticeRuns(const std::vector<RunSummary>& runs) {
    runs_->setRuns(runs);
    compare_->refresh();
    sweep_->refresh();
    const auto& shown = workbench_->shown();
    if (shown && shown->run) runs_->selectRun(shown->run->id);
    if (std::exchange(greeted_, true) || runs.empty()) return;

    const auto& latest = runs.front();
    tabs_->setCurrentIndex(kOverviewTab);
    workbench_->open(latest.id);
    if (isResumable(latest.phase))
        messages_->say({.sentence = tr("%1 stands at %2 evaluations.")
                                        .arg(QString::fromStdString(latest.name),
                                             evaluationsText(latest.evaluations, latest.budget)),
                        .action = tr("Resume"),
                        .carryOut = [this, run = latest.id] { resumeRun(run); }});
}

void MainWindow::noticeEnd(const SnapshotPtr& snapshot) {
    refreshTransport();
    const auto run = snapshot->run ? std::optional(snapshot->run->id) : std::nullopt;
    const auto resume = [this, run] {
        if (run) resumeRun(*run);
    };
    switch (snapshot->phase) {
        case Phase::Failed:
            messages_->say({.kind = Message::Kind::Error,
                            .sentence = QString::fromStdString(snapshot->message),
                            .action = run ? tr("Resume") : QString(),
                            .carryOut = resume});
            break;
        case Phase::Stopped:
            messages_->say(
                {.sentence = tr("%1 was stopped at %2 evaluations; everything is stored.")
                                 .arg(runName(*snapshot), evaluationsText(snapshot->evaluations, snapshot->budget)),
                 .action = tr("Resume"),
                 .carryOut = resume});
            break;
        default:
            messages_->say({.sentence = tr("%1 has finished: %2 test accuracy, the best member's.")
                                            .arg(runName(*snapshot), percentText(snapshot->curve->back().bestTest))});
    }
}

void MainWindow::duplicate(RunId run) {
    tabs_->setCurrentIndex(kNewRunTab);
    const auto& shown = workbench_->shown();
    if (shown && shown->run && shown->run->id == run) {
        newRun_->setConfiguration(shown->run->configuration);
        return;
    }
    duplicating_ = run;
    workbench_->open(run);
}

void MainWindow::askToDelete(RunId run, const QString& name) {
    messages_->dismiss();
    messages_->say({.kind = Message::Kind::Warning,
                    .sentence = tr("Delete run %1, %2, and everything stored of it?").arg(run.value).arg(name),
                    .action = tr("Delete"),
                    .carryOut = [this, run] { workbench_->remove(run); }});
}

void MainWindow::showRunTab() {
    const auto* now = tabs_->currentWidget();
    if (now == newRun_ || now == compare_ || now == sweep_) tabs_->setCurrentIndex(kOverviewTab);
}

void MainWindow::compare(const QStringList& names) {
    tabs_->setCurrentWidget(compare_);
    compare_->compare(names);
}

void MainWindow::inspect(std::size_t sample) { inspector_->showSample(sample); }

void MainWindow::inspect(MemberId member) {
    inspector_->showMember(member);
    overview_->selectMember(member);
    niches_->selectMember(member);
}

}  // namespace mergarium
