#include "ui/databases/window_drops.h"

#include "ui/files/file_kind.h"

#include <QDropEvent>
#include <QMimeData>
#include <QUrl>
#include <QWidget>

namespace mergarium {
namespace {

/// The first file that a window can open.
QString openableOf(const QMimeData& data) {
    for (const auto& url : data.urls())
        if (url.isLocalFile() && kindOfFile(url.toLocalFile()) != FileKind::Other) return url.toLocalFile();
    return {};
}

}  // namespace

WindowDrops::WindowDrops(QWidget* window) : QObject(window) {
    window->setAcceptDrops(true);
    window->installEventFilter(this);
}

bool WindowDrops::eventFilter(QObject* watched, QEvent* event) {
    const auto type = event->type();
    if (type != QEvent::DragEnter && type != QEvent::DragMove && type != QEvent::Drop)
        return QObject::eventFilter(watched, event);
    auto* drop = static_cast<QDropEvent*>(event);
    const auto path = openableOf(*drop->mimeData());
    if (path.isEmpty()) return QObject::eventFilter(watched, event);
    drop->setDropAction(Qt::CopyAction);
    drop->accept();
    if (type == QEvent::Drop) Q_EMIT dropped(path);
    return true;
}

}  // namespace mergarium
