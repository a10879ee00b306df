#include "core/configuration/presets.h"
#include "core/store/run_catalog.h"
#include "core/sweeps/stored_comparison.h"
#include "ui/attraction/attraction_view.h"
#include "ui/births/births_view.h"
#include "ui/breeding/breed_view.h"
#include "ui/compare/compare_view.h"
#include "ui/drafts/draft_desk.h"
#include "ui/export/export_desk.h"
#include "ui/figures/figure_desk.h"
#include "ui/files/ask_for_path.h"
#include "ui/genome/genome_view.h"
#include "ui/help/help_texts.h"
#include "ui/help/help_window.h"
#include "ui/history/time_bar.h"
#include "ui/icons/symbols.h"
#include "ui/inspector/inspector_view.h"
#include "ui/keyboard/focus_within.h"
#include "ui/lineage/lineage_view.h"
#include "ui/main_window.h"
#include "ui/message_bar/message_bar.h"
#include "ui/niches/niches_view.h"
#include "ui/overview/overview_view.h"
#include "ui/queue/queue_desk.h"
#include "ui/queue/queue_view.h"
#include "ui/runs/runs_view.h"
#include "ui/selection/selection.h"
#include "ui/selection/selection_label.h"
#include "ui/setup/new_run_page.h"
#include "ui/sweep/sweep_page.h"
#include "ui/tour/tour.h"
#include "ui/transport/transport_bar.h"

#include <QActionGroup>
#include <QApplication>
#include <QDockWidget>
#include <QLabel>
#include <QMenuBar>
#include <QScreen>
#include <QSettings>
#include <QShortcut>
#include <QStatusBar>
#include <QStyle>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <exception>

// What the window is made of and how it looks; main_window.cpp is what its pieces say to one another.
namespace mergarium {
namespace {

std::pair<std::vector<Preset>, QString> presetsIn(const std::filesystem::path& resources) {
    try {
        return {readPresets(resources), {}};
    } catch (const std::exception& error) {
        return {{}, QString::fromUtf8(error.what())};
    }
}

}  // namespace

void MainWindow::buildViews() {
    auto [presets, problem] = presetsIn(options_.workplace.resources);
    messages_ = new MessageBar(this);
    statusBar()->addWidget(messages_, 1);
    statusBar()->setSizeGripEnabled(false);
    selection_ = new Selection(this);
    statusBar()->addPermanentWidget(new SelectionLabel(*selection_, this));
    sweepProgress_ = new QLabel(this);
    sweepProgress_->setFont(tabularFont());
    sweepProgress_->hide();
    statusBar()->addPermanentWidget(sweepProgress_);
    if (!problem.isEmpty()) messages_->say({.kind = Message::Kind::Error, .sentence = problem});

    tabs_ = new QTabWidget(this);
    tabs_->setObjectName("tabs");
    tabs_->setDocumentMode(true);
    QStringList bases;
    for (const auto& preset : presets) bases << QString::fromStdString(preset.name);
    newRun_ = new NewRunPage(std::move(presets), tabs_, trierIn(options_.workplace));
    overview_ = new OverviewView(*selection_, tabs_);
    niches_ = new NichesView(*selection_, tabs_);
    attraction_ = new AttractionView(*selection_, tabs_);
    births_ = new BirthsView(options_.workplace.database, *selection_, tabs_);
    genome_ = new GenomeView(*selection_, tabs_);
    lineage_ = new LineageView(
        [database = options_.workplace.database](RunId run, MemberId member, const FamilyReach& reach) {
            return RunCatalog(database).family(run, member, reach);
        },
        *selection_, tabs_);
    breed_ = new BreedView(*selection_, tabs_);
    compare_ = new CompareView(
        [place = options_.workplace](const std::vector<std::string>& names) {
            return storedComparisons(place.database, place.resources, names);
        },
        tabs_);
    sweep_ = new SweepPage(options_.workplace, bases, tabs_);
    tabs_->addTab(newRun_, tr("New run"));
    tabs_->addTab(overview_, tr("Overview"));
    tabs_->addTab(niches_, tr("Niches"));
    tabs_->addTab(attraction_, tr("Attraction"));
    tabs_->addTab(births_, tr("Births"));
    tabs_->addTab(genome_, tr("Genome"));
    tabs_->addTab(lineage_, tr("Lineage"));
    tabs_->addTab(breed_, tr("Breed"));
    tabs_->addTab(compare_, tr("Compare"));
    tabs_->addTab(sweep_, tr("Sweep"));
    setCentralWidget(tabs_);

    transport_ = new TransportBar(this);
    addToolBar(transport_);
    time_ = new TimeBar(this);
    addToolBar(Qt::BottomToolBarArea, time_);
    const auto dock = [this](const QString& title, const char* name, QWidget* content, Qt::DockWidgetArea area) {
        auto* one = new QDockWidget(title, this);
        one->setObjectName(name);
        one->setWidget(content);
        addDockWidget(area, one);
        return one;
    };
    exports_ = new ExportDesk(options_.workplace.database, this);
    drafts_ = new DraftDesk(options_.workplace.database, this);
    queue_ = new QueueDesk(*workbench_, options_.workplace, this);
    auto* runs = new QWidget(this);
    runs_ = new RunsView(runs);
    queueView_ = new QueueView(runs);
    auto* above = new QVBoxLayout(runs);
    above->setContentsMargins({});
    above->addWidget(runs_, 1);
    above->addWidget(queueView_);
    inspector_ = new InspectorView(*selection_, this);
    runsDock_ = dock(tr("Runs"), "runsDock", runs, Qt::LeftDockWidgetArea);
    inspectorDock_ = dock(tr("Inspector"), "inspectorDock", inspector_, Qt::RightDockWidgetArea);
    const int width = fontMetrics().averageCharWidth();
    // Given once, also to a pane that says nothing yet: what is pointed at beside it stays where it is.
    resizeDocks({runsDock_, inspectorDock_}, {52 * width, 34 * width}, Qt::Horizontal);
    figures_ = new FigureDesk(this);
    tour_ = new Tour(*this);
    for (const auto& [view, text] :
         std::initializer_list<std::pair<QWidget*, QString>>{{newRun_, help::newRun()},
                                                             {overview_, help::overview()},
                                                             {niches_, help::niches()},
                                                             {attraction_, help::attraction()},
                                                             {births_, help::births()},
                                                             {genome_, help::genome()},
                                                             {lineage_, help::lineage()},
                                                             {breed_, help::breed()},
                                                             {compare_, help::compare()},
                                                             {sweep_, help::sweep()},
                                                             {runs, help::runs()},
                                                             {queueView_, help::queue()},
                                                             {inspector_, help::inspector()}}) {
        view->setWhatsThis(text);
        const bool ofAll = view == compare_ || view == sweep_ || view == runs || view == queueView_;
        figures_->serve(*view, ofAll ? FigureDesk::About::AllRuns : FigureDesk::About::TheRun);
    }
}

void MainWindow::buildMenus() {
    buildFileMenu();
    auto* run = menuBar()->addMenu(tr("&Run"));
    run->addActions({transport_->newRun(), transport_->pauseOrResume(), transport_->step(), transport_->stop()});
    extend_ = run->addAction(iconOf(Symbol::Extend), tr("&Extend or change..."), Qt::CTRL | Qt::SHIFT | Qt::Key_X);
    extend_->setToolTip(
        tr("Give the shown run more evaluations, also when it has finished, other parameters, or one founder more."));
    run->addSeparator();
    auto* sweeping =
        run->addAction(iconOf(Symbol::Sweep), tr("S&weep"), Qt::CTRL | Qt::SHIFT | Qt::Key_N, this, [this] {
            tabs_->setCurrentWidget(sweep_);
            focusWithin(*sweep_);
        });
    sweeping->setToolTip(tr("Set up a sweep: arms times seeds."));
    run->addAction(tr("Start or st&op the sweep"), Qt::CTRL | Qt::SHIFT | Qt::Key_F5, this,
                   [this] { sweep_->isGoing() ? sweep_->stop() : sweep_->start(); });
    auto* drafts =
        run->addAction(iconOf(Symbol::Notes), tr("Dra&fts..."), Qt::CTRL | Qt::Key_D, this, &MainWindow::showDrafts);
    drafts->setToolTip(tr("The runs and sweeps that were set up and are kept."));
    run->addSeparator();
    auto* exporting = run->addAction(iconOf(Symbol::Export), tr("E&xport the best model..."), Qt::CTRL | Qt::Key_E,
                                     this, [this] { exports_->ask(workbench_->shown(), {}); });
    exporting->setToolTip(tr("Write a model of the shown run as a folder of its own."));
    run->addSeparator();
    run->addAction(runs_->deletion());
    undo_ = run->addAction(tr("&Undo delete"), QKeySequence::Undo, this, &MainWindow::undo);
    undo_->setToolTip(
        tr("Bring back what was deleted last, until the window closes; in New run and Sweep, the edits "
           "that were there before something else was chosen."));

    auto* view = menuBar()->addMenu(tr("&View"));
    for (int tab = 0; tab < tabs_->count(); ++tab)
        view->addAction(tabs_->tabText(tab), QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + (tab + 1) % 10)),
                        this, [this, tab] {
                            tabs_->setCurrentIndex(tab);
                            focusWithin(*tabs_->currentWidget());
                        });
    view->addSeparator();
    const auto focusing = [this, view](Symbol symbol, QDockWidget* dock, QWidget* content, const QKeySequence& key) {
        view->addAction(iconOf(symbol), dock->windowTitle(), key, this, [dock, content] {
            dock->show();
            dock->raise();
            focusWithin(*content);
        });
    };
    focusing(Symbol::Runs, runsDock_, runs_, Qt::CTRL | Qt::Key_R);
    focusing(Symbol::Inspect, inspectorDock_, inspector_, Qt::CTRL | Qt::Key_I);
    time_->addTo(view->addMenu(tr("&Time")));
    auto* panes = view->addMenu(tr("&Panes"));
    panes->addActions({runsDock_->toggleViewAction(), inspectorDock_->toggleViewAction()});
    auto* themes = view->addMenu(tr("T&heme"));
    themes_ = new QActionGroup(this);
    for (const auto& [kind, name] :
         {std::pair(ThemeKind::System, tr("&System")), std::pair(ThemeKind::Light, tr("&Light")),
          std::pair(ThemeKind::Dark, tr("&Dark"))}) {
        auto* action = themes->addAction(name, this, [this, kind = kind] { setTheme(kind); });
        action->setCheckable(true);
        action->setData(static_cast<int>(kind));
        themes_->addAction(action);
    }

    auto* scales = view->addMenu(tr("&Colours of numbers"));
    magnitudes_ = new QActionGroup(this);
    for (const auto& [magnitudes, name] :
         {std::pair(Magnitudes::Cividis, tr("&Cividis: the same for every kind of colour vision")),
          std::pair(Magnitudes::Viridis, tr("&Viridis")), std::pair(Magnitudes::Inferno, tr("&Inferno"))}) {
        auto* action = scales->addAction(name, this, [this, magnitudes = magnitudes] { setMagnitudes(magnitudes); });
        action->setCheckable(true);
        action->setData(static_cast<int>(magnitudes));
        magnitudes_->addAction(action);
    }

    auto* help = menuBar()->addMenu(tr("&Help"));
    auto* helping = help->addAction(iconOf(Symbol::Help), tr("&This view and its keys"), QKeySequence::HelpContents,
                                    this, &MainWindow::showHelp);
    helping->setToolTip(tr("What the view in use shows, how it is read, and all keys."));
    auto* touring = help->addAction(tr("T&our of the window"), Qt::CTRL | Qt::Key_F1, this, &MainWindow::takeTour);
    touring->setToolTip(tr("Walk through the window on a run of the digits."));
    if (options_.about)
        help->addAction(tr("&About Mergarium"), this, [this] { (new AboutDialog(options_.about, this))->open(); });

    connect(new QShortcut(Qt::Key_Escape, this), &QShortcut::activated, this, &MainWindow::escape);
}

void MainWindow::restoreLayout() {
    resize(1280, 800);
    setMagnitudes(magnitudesInUse());
    if (!options_.settings) return fitScreen();
    setMagnitudes(static_cast<Magnitudes>(std::clamp(options_.settings->value("window/magnitudes", 0).toInt(), 0, 2)));
    restoreGeometry(options_.settings->value("window/geometry").toByteArray());
    restoreState(options_.settings->value("window/layout").toByteArray());
    setPaneWidths(options_.settings->value("window/runs").toInt(),
                  options_.settings->value("window/inspector").toInt());
    theme_ = static_cast<ThemeKind>(
        std::clamp(options_.settings->value("window/theme", static_cast<int>(theme_)).toInt(), 0, 2));
    newRun_->setLanes(options_.settings->value("run/lanes", newRun_->lanes()).toInt());
    newRun_->setWorkers(options_.settings->value("run/workers").toString());
    runs_->restoreLayoutState(options_.settings->value("runs/columns").toByteArray());
    setRememberedFolders(*this, options_.settings->value("files/folders").toMap());
    fitScreen();
}

void MainWindow::setPaneWidths(int runs, int inspector) {
    for (const auto& [pane, width] : {std::pair(runsDock_, runs), std::pair(inspectorDock_, inspector)})
        if (width > 0 && !pane->isFloating()) resizeDocks({pane}, {width}, Qt::Horizontal);
}

std::pair<int, int> MainWindow::paneWidths() const {
    const auto width = [](const QDockWidget& pane) { return pane.isHidden() || pane.isFloating() ? 0 : pane.width(); };
    return {width(*runsDock_), width(*inspectorDock_)};
}

void MainWindow::takeLayoutOf(const MainWindow& other) {
    restoreGeometry(other.saveGeometry());
    // Qt leaves room for a title, whether there is one or not.
    if (!other.isMaximized() && !other.isFullScreen()) setGeometry(other.geometry());
    restoreState(other.saveState());
    const auto [runs, inspector] = other.paneWidths();
    setPaneWidths(runs, inspector);
}

void MainWindow::setTheme(ThemeKind kind) {
    theme_ = kind;
    applyTheme(*qApp, kind);
    for (auto* action : themes_->actions()) action->setChecked(action->data().toInt() == static_cast<int>(kind));
}

void MainWindow::setMagnitudes(Magnitudes magnitudes) {
    useMagnitudes(magnitudes);
    for (auto* action : magnitudes_->actions())
        action->setChecked(action->data().toInt() == static_cast<int>(magnitudes));
    for (auto* view : tabs_->findChildren<RunView*>()) view->recolor();
}

void MainWindow::keepSettings() {
    if (!options_.settings) return;
    options_.settings->setValue("window/geometry", saveGeometry());
    options_.settings->setValue("window/layout", saveState());
    const auto [runs, inspector] = paneWidths();
    options_.settings->setValue("window/runs", runs);
    options_.settings->setValue("window/inspector", inspector);
    options_.settings->setValue("window/theme", static_cast<int>(theme_));
    options_.settings->setValue("window/magnitudes", static_cast<int>(magnitudesInUse()));
    options_.settings->setValue("run/lanes", newRun_->lanes());
    // A password is kept in nobody's settings.
    if (!newRun_->workers().contains('@')) options_.settings->setValue("run/workers", newRun_->workers());
    options_.settings->setValue("runs/columns", runs_->layoutState());
    options_.settings->setValue("files/folders", rememberedFolders(*this));
}

QString MainWindow::keys() const {
    QString rows;
    for (const auto* menu : menuBar()->findChildren<QMenu*>())
        for (const auto* action : menu->actions())
            if (!action->shortcut().isEmpty())
                rows += QStringLiteral("<tr><td>%1&nbsp;&nbsp;</td><td>%2</td></tr>")
                            .arg(action->shortcut().toString(QKeySequence::NativeText).toHtmlEscaped(),
                                 action->text().remove('&').toHtmlEscaped());
    rows += tr("<tr><td>Esc</td><td>Leave the tour; else dismiss the message, else select nothing</td></tr>");
    return tr("<h3>Keys everywhere</h3><table>%1</table>").arg(rows) + help::leaving();
}

/// On what has the keyboard, or else on the tab in front.
void MainWindow::showHelp() {
    if (!help_) {
        const auto pictures = options_.workplace.resources / "screenshots";
        help_ = new HelpWindow(QString::fromStdString(pictures.string()), this);
    }
    const auto* focus = QApplication::focusWidget();
    const bool inDock = focus && (runsDock_->isAncestorOf(focus) || inspector_->isAncestorOf(focus));
    help_->showFor(inDock ? *focus : *tabs_->currentWidget(), keys());
}

/// A window that was larger, or elsewhere, on another screen.
void MainWindow::fitScreen() {
    if (isMaximized() || isFullScreen()) return;
    const auto room = screen()->availableGeometry();
    const int title = frameGeometry().height() > height() ? frameGeometry().height() - height()
                                                          : style()->pixelMetric(QStyle::PM_TitleBarHeight);
    resize(size().boundedTo({room.width(), room.height() - title}));
    const int left = std::clamp(x(), room.left(), std::max(room.left(), room.right() + 1 - width()));
    const int top = std::clamp(y(), room.top(), std::max(room.top(), room.bottom() + 1 - title - height()));
    if (QPoint(left, top) != pos()) move(left, top);
}

}  // namespace mergarium
