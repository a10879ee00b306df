#include "core/configuration/yaml.h"
#include "core/report/stored_report.h"
#include "core/text/words.h"
#include "ui/databases/file_menu.h"
#include "ui/databases/window_drops.h"
#include "ui/export/export_desk.h"
#include "ui/export/merge_dialog.h"
#include "ui/export/rebuild_dialog.h"
#include "ui/figures/figure_desk.h"
#include "ui/files/ask_for_path.h"
#include "ui/files/file_kind.h"
#include "ui/icons/symbols.h"
#include "ui/main_window.h"
#include "ui/session/run_text.h"
#include "ui/setup/new_run_page.h"
#include "ui/sweep/sweep_page.h"

#include <QCloseEvent>
#include <QFileInfo>
#include <QMenuBar>
#include <QTabWidget>

#include <algorithm>
#include <exception>
#include <string>

// Which file is shown, what becomes of others, and what is written.
namespace mergarium {
namespace {

/// For a report: a line each.
std::string versionsText(const About& about) {
    auto text = "mergarium " + about.version.toStdString();
    for (const auto& [name, version] : about.parts) text += '\n' + name.toStdString() + ' ' + version.toStdString();
    return text;
}

}  // namespace

void MainWindow::buildFileMenu() {
    auto* files = new FileMenu(options_.workplace.database, options_.settings, this, menuBar());
    menuBar()->addMenu(files);
    files->addSeparator();
    auto* picture = files->addAction(iconOf(Symbol::Export), tr("&Export figure..."), Qt::CTRL | Qt::SHIFT | Qt::Key_E,
                                     this, [this] { figures_->askFigure(*tabs_->currentWidget()); });
    picture->setToolTip(tr("Save the picture of the view in front as SVG, PDF or PNG."));
    auto* report =
        files->addAction(tr("Repor&t of this run..."), Qt::CTRL | Qt::SHIFT | Qt::Key_R, this, &MainWindow::askReport);
    report->setToolTip(tr("Write what is known of the shown run as one HTML file, or as PDF."));
    auto* rebuild = files->addAction(iconOf(Symbol::Duplicate), tr("Re&build a model..."), this, [this] {
        const auto recipe = askForFile({.parent = this,
                                        .purpose = QStringLiteral("recipes"),
                                        .title = tr("Open the recipe of an exported model"),
                                        .filter = tr("Recipes (*.yaml);;All files (*)")});
        if (!recipe.isEmpty()) askToRebuild(recipe);
    });
    rebuild->setToolTip(tr("Make an exported model again from its recipe.yaml, to the byte."));
    auto* merge = files->addAction(iconOf(Symbol::Duplicate), tr("&Merge models..."), this, [this] {
        const auto configuration = askForFile({.parent = this,
                                               .purpose = QStringLiteral("merges"),
                                               .title = tr("Open a merge configuration"),
                                               .filter = tr("Merge configurations (*.yml *.yaml);;All files (*)")});
        if (!configuration.isEmpty()) askToMerge(configuration);
    });
    merge->setToolTip(tr("Write the model that a configuration file of mergekit describes."));
    files->addSeparator();
    files->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);
    connect(files, &FileMenu::openRequested, this,
            [this](const QString& path) { QFileInfo::exists(path) ? openFile(path) : openDatabase(path); });
    connect(files, &FileMenu::said, messages_, &MessageBar::say);
    connect(files, &FileMenu::imported, this, [this] { workbench_->listRuns(); });

    auto* drops = new WindowDrops(this);
    connect(drops, &WindowDrops::dropped, this, &MainWindow::openFile);
}

QString MainWindow::databaseName() const {
    return QString::fromStdString(options_.workplace.database.filename().string());
}

void MainWindow::openFile(const QString& path) {
    switch (kindOfFile(path)) {
        case FileKind::Database: return openDatabase(path);
        case FileKind::Run: return setUpRun(path);
        case FileKind::Sweep: return setUpSweep(path);
        case FileKind::Recipe: return askToRebuild(path);
        case FileKind::Merge: return askToMerge(path);
        case FileKind::Other:
            return warn(tr("%1 is no run database, and no run, sweep, recipe or merge in YAML.").arg(path));
    }
}

void MainWindow::openDatabase(const QString& path) {
    messages_->dismiss();
    const QFileInfo now(QString::fromStdString(options_.workplace.database.string())), next(path);
    if (now.absoluteFilePath() == next.absoluteFilePath() || (now.exists() && now == next))
        return messages_->say({.sentence = tr("%1 is open already.").arg(path)});
    const bool computes = workbench_->isComputing() || sweep_->isGoing();
    if (!computes && !isWritingModel()) return Q_EMIT databaseRequested(path);
    QStringList reasons;
    if (isWritingModel()) reasons << tr("the model that is being written is cancelled, and nothing is left of it");
    if (computes) reasons << tr("what computes here is stopped; everything is stored and can be gone on with");
    messages_->say({.kind = Message::Kind::Warning,
                    .sentence = tr("To open %1, %2.").arg(next.fileName(), reasons.join(tr(", and "))),
                    .action = tr("Stop and open"),
                    .carryOut = [this, path] { Q_EMIT databaseRequested(path); }});
}

bool MainWindow::isWritingModel() const {
    const auto dialogs = findChildren<WritingDialog*>();
    return exports_->isWriting() || std::ranges::any_of(dialogs, &WritingDialog::isWriting);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (isWritingModel() && !closesAnyway_) {
        event->ignore();
        return messages_->say(
            {.kind = Message::Kind::Warning,
             .sentence = tr("Closed now, the model that is being written is cancelled, and nothing is "
                            "left of it."),
             .action = tr("Cancel it and close"),
             .carryOut = [this] {
                 closesAnyway_ = true;
                 close();
             }});
    }
    keepSettings();
    QMainWindow::closeEvent(event);
}

void MainWindow::setUpRun(const QString& path) {
    try {
        newRun_->setConfiguration(readConfiguration(path.toStdString()));
        turnTo(newRun_);
    } catch (const std::exception& error) {
        messages_->say({.kind = Message::Kind::Error,
                        .sentence = QString::fromStdString(words::failure(error, "this run configuration"))});
    }
}

void MainWindow::turnTo(QWidget* page) {
    tabs_->setCurrentWidget(page);
    pageIsChosen_ = true;
}

void MainWindow::setUpSweep(const QString& path) {
    turnTo(sweep_);
    if (sweep_->isGoing())
        return warn(tr("A sweep is going on; stop it before opening %1.").arg(QFileInfo(path).fileName()));
    sweep_->open(path);
}

void MainWindow::askToRebuild(const QString& recipe) {
    auto* dialog = new RebuildDialog(recipe.toStdString(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &RebuildDialog::said, messages_, &MessageBar::say);
    dialog->show();
}

void MainWindow::askToMerge(const QString& configuration) {
    auto* dialog = new MergeDialog(configuration.toStdString(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &MergeDialog::said, messages_, &MessageBar::say);
    dialog->show();
}

void MainWindow::askReport() {
    const auto& shown = workbench_->shown();
    if (!shown || !shown->run)
        return messages_->say(
            {.sentence = tr("There is no run to report on: start one, or open one from the list of runs.")});
    figures_->askReport([place = options_.workplace, run = shown->run->id, about = options_.about](
                            const std::filesystem::path& path, const Progress& progress) {
        const auto versions = about ? versionsText(about()) : std::string();
        writeReport(storedReport(place.database, run, place.resources, versions, progress), path, progress);
    });
}

}  // namespace mergarium
