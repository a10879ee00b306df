#include "ui/files/file_kind.h"

#include "core/database/is_database.h"

#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>

namespace mergarium {

FileKind kindOfFile(const QString& path) {
    // Others may never end, or begin.
    if (!QFileInfo(path).isFile()) return FileKind::Other;
    if (isDatabase(path.toStdString())) return FileKind::Database;
    const auto ending = QFileInfo(path).suffix().toLower();
    QFile file(path);
    if ((ending != "yaml" && ending != "yml") || !file.open(QIODevice::ReadOnly)) return FileKind::Other;
    const auto begin = file.read(64 << 10);
    static const QRegularExpression kOfSweeps(QStringLiteral("^(base|arms|axes|seeds)\\s*:"),
                                              QRegularExpression::MultilineOption);
    static const QRegularExpression kOfRecipes(QStringLiteral("^mergarium_recipe\\s*:"),
                                               QRegularExpression::MultilineOption);
    static const QRegularExpression kOfMerges(QStringLiteral("^merge_method\\s*:"),
                                              QRegularExpression::MultilineOption);
    const auto text = QString::fromUtf8(begin);
    if (kOfMerges.match(text).hasMatch()) return FileKind::Merge;
    if (kOfRecipes.match(text).hasMatch()) return FileKind::Recipe;
    return kOfSweeps.match(text).hasMatch() ? FileKind::Sweep : FileKind::Run;
}

}  // namespace mergarium
