#include "ui/files/file_kind.h"

#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>

namespace mergarium {

FileKind kindOfFile(const QString& path) {
    // Others may never end, or begin.
    if (!QFileInfo(path).isFile()) return FileKind::Other;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return FileKind::Other;
    const auto begin = file.read(64 << 10);
    if (begin.startsWith(QByteArrayLiteral("SQLite format 3\0"))) return FileKind::Database;
    const auto ending = QFileInfo(path).suffix().toLower();
    if (ending != "yaml" && ending != "yml") return FileKind::Other;
    static const QRegularExpression kOfSweeps(QStringLiteral("^(base|arms|axes|seeds)\\s*:"),
                                              QRegularExpression::MultilineOption);
    static const QRegularExpression kOfRecipes(QStringLiteral("^mergarium_recipe\\s*:"),
                                               QRegularExpression::MultilineOption);
    const auto text = QString::fromUtf8(begin);
    if (kOfRecipes.match(text).hasMatch()) return FileKind::Recipe;
    return kOfSweeps.match(text).hasMatch() ? FileKind::Sweep : FileKind::Run;
}

}  // namespace mergarium
