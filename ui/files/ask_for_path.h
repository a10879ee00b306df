#pragma once

#include <QString>
#include <QStringList>
#include <QVariantMap>

class QWidget;

namespace mergarium {

/// File dialogs that begin in the folder where the last one for the same purpose ("models", "sweeps", ...) ended. The
/// outermost window above `parent` keeps these folders. Empty when nothing was chosen.
struct PathQuestion {
    QWidget* parent = nullptr;
    QString purpose;
    QString title = {};
    QString filter = {};
    /// Begins here in any case; empty: where the last one ended.
    QString at = {};
};
QString askForFile(const PathQuestion& question);
QStringList askForFiles(const PathQuestion& question);
QString askForFolder(const PathQuestion& question);
/// `name`: what the file is called if the person says nothing.
QString askWhereToSave(const PathQuestion& question, const QString& name);

/// Where the next dialog for this purpose begins; empty when there was none before.
QString folderFor(const QWidget& widget, const QString& purpose);
/// `path` was chosen.
void rememberFolder(QWidget& widget, const QString& purpose, const QString& path);

/// All of them by purpose, to be kept beyond the window's life.
QVariantMap rememberedFolders(const QWidget& window);
void setRememberedFolders(QWidget& window, const QVariantMap& folders);

}  // namespace mergarium
