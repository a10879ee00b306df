#pragma once

#include "ui/about/about_dialog.h"
#include "ui/session/workbench.h"
#include "ui/theme/theme.h"

#include <QMainWindow>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

class QActionGroup;
class QLabel;
class QSettings;
class QTabWidget;

namespace mergarium {

class AttractionView;
class BirthsView;
class BreedView;
class CompareView;
class DraftDesk;
class DraftList;
class ExportDesk;
class FigureDesk;
class GenomeView;
class HelpWindow;
class InspectorView;
class LineageView;
class MessageBar;
class NewRunPage;
class NichesView;
class OverviewView;
class QueueDesk;
class QueueView;
class RunsView;
class Selection;
class SweepPage;
class TimeBar;
class Tour;
class TransportBar;

struct Draft;
struct TourStep;

struct WindowOptions {
    Workplace workplace;
    ThemeKind theme = ThemeKind::System;
    /// Where layout and theme are remembered; null: nowhere. Wins over `theme`.
    QSettings* settings = nullptr;
    /// What the program says of itself, on another thread; null: nothing.
    std::function<About()> about = nullptr;
};

/// The studio: the runs at the left, the shown run's views in the middle, one sample or member in detail at the right.
/// Puts pieces together and passes on what they say; each piece minds its own business.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(WindowOptions options, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// Starts a preset, as it is.
    void startPreset(const QString& name);
    /// Asks first where another run goes on.
    void resumeRun(const ResumedRun& run);
    /// One sentence, for what was found before the window opened.
    void warn(const QString& sentence);

    Workbench& workbench() { return *workbench_; }
    Selection& selection() { return *selection_; }
    QTabWidget& tabs() { return *tabs_; }
    ThemeKind theme() const { return theme_; }
    /// Lies where the other lies, with the same panes.
    void takeLayoutOf(const MainWindow& other);
    /// Where there are settings: layout, theme and what else is remembered.
    void keepSettings();

    /// A database, or YAML of a run, a sweep or a model's recipe; says so where it is none.
    void openFile(const QString& path);
    /// Asks for the database in this one's place, once nothing computes or is written here, or the person agrees that
    /// it stops.
    void openDatabase(const QString& path);
    /// YAML; fills New run, or Sweep.
    void setUpRun(const QString& path);
    void setUpSweep(const QString& path);
    void turnTo(QWidget* page);
    /// Shows what a recipe makes, and asks where.
    void askToRebuild(const QString& recipe);
    /// Shows what a merge configuration makes, and asks where.
    void askToMerge(const QString& configuration);

Q_SIGNALS:
    /// This window is to make way for one with that database.
    void databaseRequested(const QString& path);

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    void buildViews();
    void buildMenus();
    void buildFileMenu();
    void connectWorkbench();
    void connectViews();
    void restoreLayout();
    /// In pixels, which Qt's own state doesn't keep exactly; 0: not beside the middle, or hidden.
    std::pair<int, int> paneWidths() const;
    void setPaneWidths(int runs, int inspector);
    void setTheme(ThemeKind kind);
    void setMagnitudes(Magnitudes magnitudes);

    /// Where a run goes on already, asks whether it is to wait.
    void begin(const RunConfiguration& configuration);
    /// A run that can't wait; asks first where another goes on.
    /// This run computes here, and has paused.
    bool isPausedHere(RunId run) const;
    void inPlaceOfLive(const QString& fresh, const std::function<void()>& start);
    /// Of the run that computes.
    QString liveName() const;
    void showRun(const SnapshotPtr& snapshot);
    void refreshTransport();
    void noticeRuns(const std::vector<RunSummary>& runs);
    void noticeEnd(const SnapshotPtr& snapshot);
    /// For what the run could not begin without.
    void ask(const SessionSnapshot& refused);
    void duplicate(RunId run);
    void askToExtend(const RunSummary& run);
    /// Where drafts of its kind are edited; a sentence where it can't be read. Says whether it is there.
    bool edit(const Draft& draft);
    void connectDrafts();
    void showDrafts();
    /// The edits that the tab in front can go back to, else what was deleted last.
    void undo();
    void judgeUndo();
    void noticeDeletions(const std::vector<Deletion>& deletions);
    void showRunTab();
    void compare(const QStringList& names);
    /// Of what can be got rid of: the tour, else the message, else the selection.
    void escape();
    void askReport();
    /// A model, by an export or from its recipe; it is lost with the window.
    bool isWritingModel() const;
    /// To whom opens the window for the first time, and has no runs.
    void offerTour();
    /// From its first step; the keyboard goes to the one that goes on already.
    void takeTour();
    std::vector<TourStep> tourSteps();
    void showHelp();
    QString keys() const;
    QString databaseName() const;
    void fitScreen();

    WindowOptions options_;
    ThemeKind theme_;
    Selection* selection_ = nullptr;
    QTabWidget* tabs_ = nullptr;
    NewRunPage* newRun_ = nullptr;
    OverviewView* overview_ = nullptr;
    NichesView* niches_ = nullptr;
    AttractionView* attraction_ = nullptr;
    BirthsView* births_ = nullptr;
    GenomeView* genome_ = nullptr;
    BreedView* breed_ = nullptr;
    LineageView* lineage_ = nullptr;
    CompareView* compare_ = nullptr;
    SweepPage* sweep_ = nullptr;
    InspectorView* inspector_ = nullptr;
    RunsView* runs_ = nullptr;
    DraftDesk* drafts_ = nullptr;
    DraftList* draftList_ = nullptr;
    QueueDesk* queue_ = nullptr;
    QueueView* queueView_ = nullptr;
    TransportBar* transport_ = nullptr;
    TimeBar* time_ = nullptr;
    MessageBar* messages_ = nullptr;
    ExportDesk* exports_ = nullptr;
    FigureDesk* figures_ = nullptr;
    QLabel* sweepProgress_ = nullptr;
    QDockWidget* runsDock_ = nullptr;
    QDockWidget* inspectorDock_ = nullptr;
    QAction* extend_ = nullptr;
    QAction* undo_ = nullptr;
    QActionGroup* themes_ = nullptr;
    QActionGroup* magnitudes_ = nullptr;
    HelpWindow* help_ = nullptr;
    Tour* tour_ = nullptr;
    /// In this sitting, and nobody has taken it yet.
    bool offering_ = false;
    /// What the views show.
    SnapshotPtr seen_;
    /// A run is to be duplicated once it has been read.
    std::optional<RunId> duplicating_;
    /// Of the runs as they were last listed.
    std::vector<std::tuple<RunId, Phase, std::string>> listed_;
    /// The list has been seen once; the latest run was offered.
    bool greeted_ = false;
    /// At drafts and queue.
    bool looked_ = false;
    /// A file that was opened has turned to a page.
    bool pageIsChosen_ = false;
    bool listedLive_ = false;
    /// The person has said that what is written may be lost.
    bool closesAnyway_ = false;
    /// How many deletions could be undone.
    std::size_t deletions_ = 0;
    /// The preset that is set up starts when the names of runs are known.
    bool startsOnceListed_ = false;
    // Last: destroyed first, so that a stopping run finds the views alive.
    std::unique_ptr<Workbench> workbench_;
};

}  // namespace mergarium
