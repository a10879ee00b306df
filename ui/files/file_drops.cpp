#include "ui/files/file_drops.h"

#include "ui/files/file_kind.h"

#include <QAbstractScrollArea>
#include <QDropEvent>
#include <QMimeData>
#include <QUrl>

namespace mergarium {

QStringList localPaths(const QMimeData* data) {
    QStringList paths;
    for (const auto& url : data->urls())
        if (url.isLocalFile() && kindOfFile(url.toLocalFile()) != FileKind::Database) paths << url.toLocalFile();
    return paths;
}

FileDrops::FileDrops(QAbstractScrollArea* target) : QObject(target) {
    target->setAcceptDrops(true);
    target->viewport()->setAcceptDrops(true);
    target->viewport()->installEventFilter(this);
}

bool FileDrops::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
        case QEvent::DragEnter:
        case QEvent::DragMove:
        case QEvent::Drop: break;
        default: return QObject::eventFilter(watched, event);
    }
    auto* drop = static_cast<QDropEvent*>(event);
    const auto paths = localPaths(drop->mimeData());
    if (paths.isEmpty()) return QObject::eventFilter(watched, event);
    drop->setDropAction(Qt::CopyAction);
    drop->accept();
    if (event->type() == QEvent::Drop) Q_EMIT dropped(paths);
    return true;
}

}  // namespace mergarium
