#pragma once

#include "ui/databases/recent_databases.h"
#include "ui/message_bar/message_bar.h"

#include <QMenu>

#include <filesystem>

namespace mergarium {

/// Run databases: another one is opened or begun, and runs are taken over from one.
class FileMenu : public QMenu {
    Q_OBJECT

public:
    /// `database`: the one that the window shows. `settings` outlives the menu, or is null. Dialogs are `window`'s.
    FileMenu(std::filesystem::path database, QSettings* settings, QWidget* window, QWidget* parent);

    /// As if it had been chosen among those that were opened last.
    void openRecent(const QString& path);
    /// Shows what there is to import from another database.
    void importFrom(const QString& path);

Q_SIGNALS:
    /// Of a file that is there, a database or a configuration; or of a database that is to be made.
    void openRequested(const QString& path);
    void said(const mergarium::Message& message);
    /// Runs were taken over.
    void imported();

private:
    void open();
    void begin();
    void import();
    void listRecent();
    bool isShown(const QString& path) const;

    const std::filesystem::path database_;
    RecentDatabases recent_;
    QWidget* window_;
    QMenu* recents_;
};

}  // namespace mergarium
