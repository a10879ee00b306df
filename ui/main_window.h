#pragma once

#include "ui/session/workbench.h"
#include "ui/theme/theme.h"

#include <QMainWindow>

#include <memory>
#include <optional>

class QActionGroup;
class QLabel;
class QSettings;
class QTabWidget;

namespace mergarium {

class AttractionView;
class CompareView;
class ExportDesk;
class GenomeView;
class InspectorView;
class MessageBar;
class NewRunPage;
class NichesView;
class OverviewView;
class RunsView;
class SweepPage;
class TransportBar;

struct WindowOptions {
    Workplace workplace;
    ThemeKind theme = ThemeKind::System;
    /// Where layout and theme are remembered; null: nowhere. Wins over `theme`.
    QSettings* settings = nullptr;
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
    void resumeRun(RunId run);
    /// One sentence, for what was found before the window opened.
    void warn(const QString& sentence);

    Workbench& workbench() { return *workbench_; }
    QTabWidget& tabs() { return *tabs_; }

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    void buildViews();
    void buildMenus();
    void connectWorkbench();
    void connectViews();
    void restoreLayout();
    void setTheme(ThemeKind kind);

    void showRun(const SnapshotPtr& snapshot);
    void refreshTransport();
    void noticeRuns(const std::vector<RunSummary>& runs);
    void noticeEnd(const SnapshotPtr& snapshot);
    void duplicate(RunId run);
    void askToDelete(RunId run, const QString& name);
    void showRunTab();
    void compare(const QStringList& names);
    void inspect(std::size_t sample);
    void inspect(MemberId member);
    void showKeys();

    WindowOptions options_;
    ThemeKind theme_;
    QTabWidget* tabs_ = nullptr;
    NewRunPage* newRun_ = nullptr;
    OverviewView* overview_ = nullptr;
    NichesView* niches_ = nullptr;
    AttractionView* attraction_ = nullptr;
    GenomeView* genome_ = nullptr;
    CompareView* compare_ = nullptr;
    SweepPage* sweep_ = nullptr;
    InspectorView* inspector_ = nullptr;
    RunsView* runs_ = nullptr;
    TransportBar* transport_ = nullptr;
    MessageBar* messages_ = nullptr;
    ExportDesk* exports_ = nullptr;
    QLabel* sweepProgress_ = nullptr;
    QDockWidget* runsDock_ = nullptr;
    QDockWidget* inspectorDock_ = nullptr;
    QActionGroup* themes_ = nullptr;
    /// A run is to be duplicated once it has been read.
    std::optional<RunId> duplicating_;
    /// The list has been seen once; the latest run was offered.
    bool greeted_ = false;
    bool listedLive_ = false;
    // Last: destroyed first, so that a stopping run finds the views alive.
    std::unique_ptr<Workbench> workbench_;
};

}  // namespace mergarium
