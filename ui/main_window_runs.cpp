#include "core/configuration/what_stays.h"
#include "core/store/run_catalog.h"
#include "ui/background/latest_worker.h"
#include "ui/compare/compare_view.h"
#include "ui/drafts/draft_desk.h"
#include "ui/main_window.h"
#include "ui/message_bar/message_bar.h"
#include "ui/overview/overview_view.h"
#include "ui/queue/queue_desk.h"
#include "ui/queue/start_question.h"
#include "ui/runs/extend_dialog.h"
#include "ui/runs/runs_view.h"
#include "ui/session/run_text.h"
#include "ui/setup/new_run_page.h"
#include "ui/sweep/sweep_page.h"

#include <QAction>
#include <QTabWidget>

#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

// What becomes of runs: begun, gone on with, ended, deleted; main_window.cpp is the rest of what the pieces say.
namespace mergarium {

void MainWindow::startPreset(const QString& name) {
    greeted_ = true;
    if (newRun_->choosePreset(name))
        // Its name is to be none that is there.
        startsOnceListed_ = true;
    else
        messages_->say(
            {.kind = Message::Kind::Error, .sentence = tr("There is no preset '%1'; choose one here.").arg(name)});
}

void MainWindow::resumeRun(const ResumedRun& run) {
    const auto resume = [this, run] {
        messages_->dismiss();
        greeted_ = true;
        showRunTab();
        workbench_->resume(run);
    };
    // It is stopped, and goes on otherwise.
    if (isPausedHere(run.id)) return resume();
    inPlaceOfLive(tr("Run %1").arg(run.id.value), resume);
}

bool MainWindow::isPausedHere(RunId run) const {
    const auto live = workbench_->live();
    return live && live->run && live->run->id == run && live->phase == Phase::Paused;
}

void MainWindow::inPlaceOfLive(const QString& fresh, const std::function<void()>& start) {
    if (!workbench_->isComputing()) return start();
    askHowToStart({.going = liveName(), .fresh = fresh, .start = start}, this);
}

void MainWindow::begin(const RunConfiguration& configuration) {
    const auto start = [this, configuration] {
        messages_->dismiss();
        greeted_ = true;
        tabs_->setCurrentWidget(overview_);
        workbench_->start(configuration);
    };
    if (!workbench_->isComputing()) return start();
    askHowToStart({.going = liveName(),
                   .fresh = QString::fromStdString(configuration.name),
                   .queue = [this, configuration] { queue_->add(configuration); },
                   .start = start},
                  this);
}

QString MainWindow::liveName() const {
    const auto live = workbench_->live();
    return live ? runName(*live) : tr("A run");
}

void MainWindow::noticeRuns(const std::vector<RunSummary>& runs) {
    runs_->setRuns(runs);
    std::set<std::string> names;
    std::vector<std::tuple<RunId, Phase, std::string>> listed;
    for (const auto& run : runs) {
        names.insert(run.name);
        listed.emplace_back(run.id, run.phase, run.name);
    }
    // The list comes every second while a run goes on, which is nothing to what compares those that have ended.
    if (std::exchange(listed_, listed) != listed) {
        compare_->refresh();
        sweep_->refresh();
    }
    newRun_->setTaken(std::move(names));
    // Now that the database is known to be one, and of this version.
    const bool first = !std::exchange(looked_, true);
    if (first) {
        queue_->look();
        drafts_->look();
    }
    if (std::exchange(startsOnceListed_, false)) newRun_->start();
    if (first && runs.empty()) offerTour();
    if (greeted_ || runs.empty()) return;
    greeted_ = true;

    const auto& latest = runs.front();
    // Where another process begins the first run, a person may be setting one up here.
    if (first && !pageIsChosen_) tabs_->setCurrentWidget(overview_);
    workbench_->open(latest.id);
    if (isResumable(latest.phase))
        messages_->say({.sentence = tr("%1 stands at %2 evaluations.")
                                        .arg(QString::fromStdString(latest.name),
                                             evaluationsText(latest.evaluations, latest.budget)),
                        .action = tr("Resume"),
                        .carryOut = [this, run = latest.id] { resumeRun({.id = run}); }});
}

void MainWindow::ask(const SessionSnapshot& refused) {
    const auto consent = *refused.consent;
    const auto* damaged = std::get_if<DamagedRun>(&consent);
    messages_->say(
        {.kind = Message::Kind::Warning,
         .sentence = damaged ? QString::fromStdString(refused.message) : programQuestion(std::get<Program>(consent)),
         .action = damaged ? tr("Go back to step %1").arg(damaged->wholeUntil) : tr("Approve and start"),
         .carryOut = [this, consent] {
             inPlaceOfLive(tr("What was approved"), [this, consent] {
                 messages_->dismiss();
                 workbench_->agree(consent);
             });
         }});
}

void MainWindow::noticeEnd(const SnapshotPtr& snapshot) {
    refreshTransport();
    // The queue says so itself.
    if (queue_->state().begun && !snapshot->run) return;
    const auto run = snapshot->run ? std::optional(snapshot->run->id) : std::nullopt;
    const auto resume = [this, run] {
        if (run) resumeRun({.id = *run});
    };
    switch (snapshot->phase) {
        case Phase::Failed:
            if (snapshot->consent) return ask(*snapshot);
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
        case Phase::Interrupted:
            messages_->say(
                {.kind = Message::Kind::Warning,
                 .sentence = tr("%1 was interrupted at %2 evaluations: its process has ended without "
                                "stopping it.")
                                 .arg(runName(*snapshot), evaluationsText(snapshot->evaluations, snapshot->budget)),
                 .action = tr("Resume"),
                 .carryOut = resume});
            break;
        default:
            messages_->say({.sentence = finishText(*snapshot),
                            .action = offering_ ? tr("Take the tour") : QString(),
                            .carryOut = [this] { takeTour(); }});
    }
}

void MainWindow::duplicate(RunId run) {
    tabs_->setCurrentWidget(newRun_);
    const auto& shown = workbench_->shown();
    if (shown && shown->run && shown->run->id == run) {
        newRun_->setConfiguration(shown->run->configuration);
        return;
    }
    duplicating_ = run;
    workbench_->open(run);
}

void MainWindow::askToExtend(const RunSummary& run) {
    auto* dialog = new ExtendDialog(run, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ExtendDialog::chosen, this, [this](const ResumedRun& chosen) { resumeRun(chosen); });
    auto* reader = new LatestWorker(dialog);
    reader->run(
        [database = options_.workplace.database, id = run.id] {
            try {
                return QString::fromStdString(whatStays(RunCatalog(database).configuration(id).strategy));
            } catch (const std::exception&) {
                // Whoever goes on with it is told.
                return QString();
            }
        },
        [dialog](const QString& sentence) { dialog->sayWhatStays(sentence); });
    dialog->open();
}

void MainWindow::noticeDeletions(const std::vector<Deletion>& deletions) {
    judgeUndo();
    messages_->dismiss();
    if (deletions.size() <= std::exchange(deletions_, deletions.size())) return;
    const auto& runs = deletions.back().runs;
    messages_->say({.sentence = runs.size() == 1 ? tr("Deleted run %1.").arg(runs.front().value)
                                                 : tr("Deleted %1 runs.").arg(runs.size()),
                    .action = tr("Undo"),
                    .carryOut = [this] { workbench_->undoRemoval(); }});
}

}  // namespace mergarium
