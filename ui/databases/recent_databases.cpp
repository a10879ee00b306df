#include "ui/databases/recent_databases.h"

#include <QFileInfo>
#include <QSettings>

namespace mergarium {
namespace {

constexpr const char* kRecent = "files/databases";

}  // namespace

QStringList RecentDatabases::list() const {
    return settings_ ? settings_->value(kRecent).toStringList().mid(0, kMost) : QStringList();
}

void RecentDatabases::add(const QString& path) {
    if (!settings_) return;
    const auto whole = QFileInfo(path).absoluteFilePath();
    auto paths = list();
    paths.removeAll(whole);
    paths.prepend(whole);
    settings_->setValue(kRecent, paths.mid(0, kMost));
}

void RecentDatabases::drop(const QString& path) {
    if (!settings_) return;
    auto paths = list();
    paths.removeAll(QFileInfo(path).absoluteFilePath());
    settings_->setValue(kRecent, paths);
}

}  // namespace mergarium
