#include "core/search/kinds.h"
#include "ui/attraction/attraction_view.h"
#include "ui/births/births_view.h"
#include "ui/breeding/breed_view.h"
#include "ui/genome/genome_view.h"
#include "ui/history/time_bar.h"
#include "ui/lineage/lineage_view.h"
#include "ui/main_window.h"
#include "ui/message_bar/message_bar.h"
#include "ui/niches/niches_view.h"
#include "ui/overview/overview_view.h"
#include "ui/selection/selection.h"
#include "ui/setup/new_run_page.h"
#include "ui/tour/tour.h"
#include "ui/transport/transport_bar.h"

#include <QDockWidget>
#include <QSettings>
#include <QTabWidget>

#include <optional>
#include <utility>
#include <vector>

// What a newcomer is led past: where each step points, and what it waits for.
namespace mergarium {
namespace {

const char* const kSeen = "tour/seen";
const char* const kPreset = "digits-specialists";

/// A run that has what the tour points at: samples with pictures, and members that are painted by their founders.
bool isPainted(const SessionSnapshot& snapshot) {
    return snapshot.run && snapshot.run->samples && snapshot.run->samples->hasPictures() &&
           traitsOf(snapshot.run->configuration.strategy).mutation == 0.0;
}

}  // namespace

void MainWindow::offerTour() {
    if (!options_.settings || options_.settings->value(kSeen).toBool()) return;
    options_.settings->setValue(kSeen, true);
    offering_ = true;
    messages_->say({.sentence = tr("New here? A tour walks through this window on a run of the digits."),
                    .action = tr("Take the tour"),
                    .carryOut = [this] { takeTour(); }});
}

void MainWindow::takeTour() {
    offering_ = false;
    if (tour_->isGoing()) return tour_->focus();
    messages_->dismiss();
    tour_->begin(tourSteps());
}

std::vector<TourStep> MainWindow::tourSteps() {
    const auto tab = [this](QWidget* view) { return [this, view] { tabs_->setCurrentWidget(view); }; };
    // A child with ancestors, for what is about one member.
    const auto best = [this](QWidget* view) {
        return [this, view] {
            tabs_->setCurrentWidget(view);
            if (const auto slot = seen_ ? bestSlot(seen_->members) : std::nullopt)
                selection_->select(seen_->members[*slot]->id);
        };
    };
    const auto before = seen_ && seen_->run ? std::optional(seen_->run->id) : std::nullopt;
    const auto begun = [before](const SessionSnapshot& now) {
        return isPainted(now) && (isGoing(now.phase) || now.run->id != before);
    };
    const auto begin = [this] {
        const auto live = workbench_->live();
        const bool begins = workbench_->isComputing() && (!live || live->phase == Phase::Preparing);
        if (!begins) newRun_->start();
    };
    const auto choosePreset = [this] {
        tabs_->setCurrentWidget(newRun_);
        newRun_->choosePreset(kPreset);
    };
    return {
        {.title = tr("A run to look at"),
         .text =
             tr("This is the paper's pair of specialists: one network knows the digits 0 to 4, the other 5 to 9. "
                "M2N2 has 10,000 evaluations to merge them into one that knows all ten. Each parameter stands beside "
                "its preset and says what it does; for now, start it as it is."),
         .target = newRun_,
         .open = choosePreset,
         .until = begun,
         .action = tr("Start the run"),
         .carryOut = begin},
        {.title = tr("The first child"),
         .text = tr("An evaluation draws two parents, mixes them at a random split point of the parameter vector, and "
                    "scores the child on 1,437 digits. The tour goes on by itself once a child has come into the "
                    "archive."),
         .target = overview_,
         .open = tab(overview_),
         .until = [](const SessionSnapshot& now) { return now.accepted > 0; }},
        {.title = tr("Best, mean, coverage"),
         .text =
             tr("The archive's best and mean score over the evaluations, and its coverage: the share of the samples "
                "that at least one member solves. The gap between coverage and the best member is what merging has "
                "left to win."),
         .target = overview_->curves(),
         .open = tab(overview_)},
        {.title = tr("The archive"),
         .text =
             tr("Fitness is what a member earns in competition: the sum of its shares of what the samples are worth. "
                "Whoever earns least leaves next. \u201cAlone\u201d counts the samples that no other member "
                "solves; they keep a weak specialist alive."),
         .target = overview_->archive(),
         .open = tab(overview_)},
        {.title = tr("Niches"),
         .text =
             tr("A row is a member, a column a sample. The brighter a cell, the larger the member's share of what "
                "the sample is worth: dim where all solve it, bright in one row where only that member does. That is "
                "its niche. Scroll to zoom, and click a cell to see the digit."),
         .target = niches_,
         .open = tab(niches_)},
        {.title = tr("Attraction"),
         .text =
             tr("The matrix is g(a, b): what b can do that a can't, weighted by how contested it is. Parent 1 is "
                "drawn by fitness, parent 2 in proportion to its row. Click a cell, and the samples are listed that "
                "make this pair attractive."),
         .target = attraction_,
         .open = tab(attraction_)},
        {.title = tr("Births"),
         .text = tr("Every child that was ever scored: its parents, its splice, its score, whether it came into the "
                    "archive, and whom it replaced there. Filter by outcome or member, sort by any column."),
         .target = births_,
         .open = tab(births_)},
        {.title = tr("Genome"),
         .text =
             tr("A ribbon per member along the parameter vector, from the first layer to the last, in the colours of "
                "its founders. An edge is a split point. Stretches that look alike in many members have spread "
                "through the archive by descent."),
         .target = genome_,
         .open = best(genome_)},
        {.title = tr("Lineage"),
         .text = tr("Where the best member comes from: its ancestors back to the two specialists, the splice at each "
                    "birth, and the samples that each birth gained and lost."),
         .target = lineage_,
         .open = best(lineage_)},
        {.title = tr("Breed"),
         .text =
             tr("Two members can be paired by hand: set split points on their ribbons and a mixing ratio. Pause the "
                "run, and see what the child would be before it is admitted."),
         .target = breed_,
         .open = best(breed_)},
        {.title = tr("The track of time"),
         .text = tr("Drag along it, and every view shows the run as it was after so many evaluations. Ctrl+Left and "
                    "Ctrl+Right go from one accepted child to the next; the last button follows the run again."),
         .target = time_,
         .open = tab(overview_)},
        {.title = tr("While it goes on"),
         .text = tr("F5 pauses and continues, F10 makes one evaluation, Shift+F5 stops; whatever happens is stored and "
                    "can be resumed. The tour goes on by itself once the run has ended."),
         .target = transport_,
         .open = tab(overview_),
         .until = [](const SessionSnapshot& now) { return !isGoing(now.phase) && now.phase != Phase::Preparing; }},
        {.title = tr("Taking a model along"),
         .text = tr("The Inspector has whatever is selected in detail; Export writes a member as a folder that other "
                    "tools load. Pictures, tables and a report of the run leave the window by the menu File and by a "
                    "right click."),
         .target = inspectorDock_,
         .open =
             [this, best] {
                 inspectorDock_->show();
                 inspectorDock_->raise();
                 best(overview_)();
             }},
        {.title = tr("That was the tour"),
         .text = tr("F1 explains the view in use and lists all keys. New run has presets for language models and for "
                    "other searches; Sweep and Compare set them against each other over seeds. The tour can be taken "
                    "again from the menu Help.")},
    };
}

}  // namespace mergarium
