#include "ui/databases/file_menu.h"

#include "ui/databases/import_dialog.h"
#include "ui/files/ask_for_path.h"
#include "ui/icons/symbols.h"

#include <QDir>
#include <QFileInfo>

namespace mergarium {
namespace {

/// Of what folders are remembered for.
const QString kDatabases = QStringLiteral("databases");

QString databaseFilter() { return FileMenu::tr("Run databases (*.db *.mergarium);;All files (*)"); }

}  // namespace

FileMenu::FileMenu(std::filesystem::path database, QSettings* settings, QWidget* window, QWidget* parent)
    : QMenu(tr("&File"), parent),
      database_(std::move(database)),
      recent_(settings),
      window_(window),
      recents_(new QMenu(tr("Open &recent"), this)) {
    setToolTipsVisible(true);
    addAction(iconOf(Symbol::Open), tr("&Open..."), QKeySequence::Open, this, &FileMenu::open)
        ->setToolTip(tr("Show another run database in this window; or set up a run, a sweep or an exported model "
                        "by its file in YAML."));
    addMenu(recents_);
    addAction(iconOf(Symbol::New), tr("&New..."), this, &FileMenu::begin)
        ->setToolTip(tr("Begin a run database, in a file of its own."));
    addSeparator();
    addAction(iconOf(Symbol::Import), tr("&Import runs..."), this, &FileMenu::import)
        ->setToolTip(tr("Copy runs of another run database into this one."));
    connect(recents_, &QMenu::aboutToShow, this, &FileMenu::listRecent);
    recent_.add(QString::fromStdString(database_.string()));
    listRecent();
}

bool FileMenu::isShown(const QString& path) const {
    const QFileInfo shown(QString::fromStdString(database_.string())), other(path);
    return shown.absoluteFilePath() == other.absoluteFilePath() || (shown.exists() && shown == other);
}

void FileMenu::listRecent() {
    recents_->clear();
    for (const auto& path : recent_.list()) {
        if (isShown(path)) continue;
        const QFileInfo file(path);
        auto text = tr("%1 in %2").arg(file.fileName(), QDir::toNativeSeparators(file.path()));
        recents_->addAction(text.replace('&', "&&"), this, [this, path] { openRecent(path); });
    }
    recents_->setEnabled(!recents_->isEmpty());
}

void FileMenu::open() {
    const auto path = askForFile({.parent = window_,
                                  .purpose = kDatabases,
                                  .title = tr("Open a run database, or a configuration"),
                                  .filter = tr("Run databases and configurations (*.db *.mergarium *.yaml *.yml);;"
                                               "All files (*)")});
    if (!path.isEmpty()) Q_EMIT openRequested(path);
}

void FileMenu::openRecent(const QString& path) {
    if (QFileInfo::exists(path)) return Q_EMIT openRequested(path);
    recent_.drop(path);
    Q_EMIT said(
        {.kind = Message::Kind::Warning, .sentence = tr("%1 is no longer there, and is listed no more.").arg(path)});
}

void FileMenu::begin() {
    auto path = askWhereToSave(
        {.parent = window_, .purpose = kDatabases, .title = tr("Begin a run database"), .filter = databaseFilter()},
        tr("runs.mergarium"));
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += ".mergarium";
    if (QFileInfo::exists(path))
        return Q_EMIT said(
            {.kind = Message::Kind::Warning,
             .sentence = tr("%1 is there already and stays as it is; open it, or name another file.").arg(path)});
    Q_EMIT openRequested(path);
}

void FileMenu::import() {
    const auto path = askForFile({.parent = window_,
                                  .purpose = kDatabases,
                                  .title = tr("Import runs of another run database"),
                                  .filter = databaseFilter()});
    if (!path.isEmpty()) importFrom(path);
}

void FileMenu::importFrom(const QString& path) {
    if (isShown(path))
        return Q_EMIT said({.kind = Message::Kind::Warning,
                            .sentence = tr("%1 is the database that is open; name another one.").arg(path)});
    auto* dialog = new ImportDialog(database_, path.toStdString(), window_);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ImportDialog::said, this, &FileMenu::said);
    connect(dialog, &ImportDialog::imported, this, &FileMenu::imported);
    dialog->open();
}

}  // namespace mergarium
