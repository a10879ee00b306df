#include "ui/export/new_folder.h"

#include <QObject>

#include <system_error>

namespace mergarium {

std::filesystem::path newFolder(const QString& parent, const QString& name) {
    return std::filesystem::path(parent.toStdString()) / name.trimmed().toStdString();
}

QString problemOfNewFolder(const QString& parent, const QString& name) {
    std::error_code ignored;
    const auto trimmed = name.trimmed();
    if (!std::filesystem::is_directory(parent.toStdString(), ignored))
        return QObject::tr("%1 is no folder.").arg(parent);
    if (trimmed.isEmpty() || trimmed.contains('/') || trimmed == "." || trimmed == "..")
        return QObject::tr("The new folder needs a name.");
    if (const auto folder = newFolder(parent, name); std::filesystem::exists(folder, ignored))
        return QObject::tr("%1 is there already; choose another name.").arg(QString::fromStdString(folder.string()));
    return {};
}

}  // namespace mergarium
