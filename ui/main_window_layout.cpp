#include "core/configuration/presets.h"
#include "core/sweeps/stored_comparison.h"
#include "ui/attraction/attraction_view.h"
#include "ui/compare/compare_view.h"
#include "ui/export/export_desk.h"
#include "ui/genome/genome_view.h"
#include "ui/inspector/inspector_view.h"
#include "ui/main_window.h"
#include "ui/message_bar/message_bar.h"
#include "ui/niches/niches_view.h"
#include "ui/overview/overview_view.h"
#include "ui/runs/runs_view.h"
#include "ui/setup/new_run_page.h"
#include "ui/sweep/sweep_page.h"
#include "ui/transport/transport_bar.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QShortcut>
#include <QStatusBar>
#include <QTabWidget>

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
    newRun_ = new NewRunPage(std::move(presets), tabs_);
    overview_ = new OverviewView(tabs_);
    niches_ = new NichesView(tabs_);
    attraction_ = new AttractionView(tabs_);
    genome_ = new GenomeView(tabs_);
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
    tabs_->addTab(genome_, tr("Genome"));
    tabs_->addTab(compare_, tr("Compare"));
    tabs_->addTab(sweep_, tr("Sweep"));
    setCentralWidget(tabs_);

    transport_ = new TransportBar(this);
    addToolBar(transport_);
    const auto dock = [this](const QString& title, const char* name, QWidget* content, Qt::DockWidgetArea area) {
        auto* one = new QDockWidget(title, this);
        one->setObjectName(name);
        one->setWidget(content);
        addDockWidget(area, one);
        return one;
    };
    exports_ = new ExportDesk(options_.workplace.database, this);
    runs_ = new RunsView(this);
    inspector_ = new InspectorView(this);
    runsDock_ = dock(tr("Runs"), "runsDock", runs_, Qt::LeftDockWidgetArea);
    inspectorDock_ = dock(tr("Inspector"), "inspectorDock", inspector_, Qt::RightDockWidgetArea);
    const int width = fontMetrics().averageCharWidth();
    resizeDocks({runsDock_, inspectorDock_}, {44 * width, 44 * width}, Qt::Horizontal);
}

void MainWindow::buildMenus() {
    auto* run = menuBar()->addMenu(tr("&Run"));
    run->addActions({transport_->newRun(), transport_->pauseOrResume(), transport_->step(), transport_->stop()});
    run->addSeparator();
    auto* sweeping = run->addAction(tr("S&weep"), Qt::CTRL | Qt::SHIFT | Qt::Key_N, this, [this] {
        tabs_->setCurrentWidget(sweep_);
        sweep_->setFocus();
    });
    sweeping->setToolTip(tr("Set up a sweep: arms times seeds."));
    run->addAction(tr("Start or stop the s&weep"), Qt::CTRL | Qt::SHIFT | Qt::Key_F5, this,
                   [this] { sweep_->isGoing() ? sweep_->stop() : sweep_->start(); });
    run->addSeparator();
    auto* exporting = run->addAction(tr("E&xport the best model..."), Qt::CTRL | Qt::Key_E, this,
                                     [this] { exports_->ask(workbench_->shown(), {}); });
    exporting->setToolTip(tr("Write a model of the shown run as a folder of its own."));
    run->addSeparator();
    run->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);

    auto* view = menuBar()->addMenu(tr("&View"));
    for (int tab = 0; tab < tabs_->count(); ++tab)
        view->addAction(tabs_->tabText(tab), QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + tab)), this,
                        [this, tab] {
                            tabs_->setCurrentIndex(tab);
                            tabs_->currentWidget()->setFocus();
                        });
    view->addSeparator();
    const auto focusing = [this, view](QDockWidget* dock, QWidget* content, const QKeySequence& key) {
        view->addAction(dock->windowTitle(), key, this, [dock, content] {
            dock->show();
            dock->raise();
            content->setFocus();
        });
    };
    focusing(runsDock_, runs_, Qt::CTRL | Qt::Key_R);
    focusing(inspectorDock_, inspector_, Qt::CTRL | Qt::Key_I);
    auto* panes = view->addMenu(tr("&Panes"));
    panes->addActions({runsDock_->toggleViewAction(), inspectorDock_->toggleViewAction()});
    auto* themes = view->addMenu(tr("&Theme"));
    themes_ = new QActionGroup(this);
    for (const auto& [kind, name] :
         {std::pair(ThemeKind::System, tr("&System")), std::pair(ThemeKind::Light, tr("&Light")),
          std::pair(ThemeKind::Dark, tr("&Dark"))}) {
        auto* action = themes->addAction(name, this, [this, kind = kind] { setTheme(kind); });
        action->setCheckable(true);
        action->setData(static_cast<int>(kind));
        themes_->addAction(action);
    }

    auto* help = menuBar()->addMenu(tr("&Help"));
    help->addAction(tr("&Keys"), QKeySequence::HelpContents, this, &MainWindow::showKeys);

    connect(new QShortcut(Qt::Key_Escape, this), &QShortcut::activated, messages_, &MessageBar::dismiss);
}

void MainWindow::restoreLayout() {
    resize(1280, 800);
    if (!options_.settings) return;
    restoreGeometry(options_.settings->value("window/geometry").toByteArray());
    restoreState(options_.settings->value("window/layout").toByteArray());
    theme_ = static_cast<ThemeKind>(
        std::clamp(options_.settings->value("window/theme", static_cast<int>(theme_)).toInt(), 0, 2));
    newRun_->setLanes(options_.settings->value("run/lanes", newRun_->lanes()).toInt());
}

void MainWindow::setTheme(ThemeKind kind) {
    theme_ = kind;
    applyTheme(*qApp, kind);
    for (auto* action : themes_->actions()) action->setChecked(action->data().toInt() == static_cast<int>(kind));
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (options_.settings) {
        options_.settings->setValue("window/geometry", saveGeometry());
        options_.settings->setValue("window/layout", saveState());
        options_.settings->setValue("window/theme", static_cast<int>(theme_));
        options_.settings->setValue("run/lanes", newRun_->lanes());
    }
    QMainWindow::closeEvent(event);
}

void MainWindow::showKeys() {
    QString rows;
    for (const auto* menu : menuBar()->findChildren<QMenu*>())
        for (const auto* action : menu->actions())
            if (!action->shortcut().isEmpty())
                rows += QStringLiteral("<tr><td>%1&nbsp;&nbsp;</td><td>%2</td></tr>")
                            .arg(action->shortcut().toString(QKeySequence::NativeText), action->text().remove('&'));
    rows +=
        tr("<tr><td>Esc</td><td>Dismiss the message</td></tr>"
           "<tr><td>+ - Home</td><td>Niches, Genome: zoom in, zoom out, see all</td></tr>"
           "<tr><td>Arrows, Enter</td><td>Niches, Genome: move the cursor, inspect what it is on</td></tr>"
           "<tr><td>T</td><td>Genome: zoom to the tensor, its layer, everything</td></tr>"
           "<tr><td>Enter, Delete</td><td>Runs: open, delete</td></tr>");
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Keys"), QStringLiteral("<table>%1</table>").arg(rows),
                                QMessageBox::Close, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

}  // namespace mergarium
