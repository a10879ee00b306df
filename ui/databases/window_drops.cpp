#include "ui/databases/window_drops.h"

#include "ui/files/file_kind.h"

#include <QDropEvent>
#include <QMimeData>
#include <QUrl>
#include <QWidget>

namespace mergarium {
namespace {

/// The first file that a window can open, and what it is.
std::pair<QString, FileKind> openableOf(const QMimeData& data) {
    for (const auto& url : data.urls())
        if (url.isLocalFile())
            if (const auto kind = kindOfFile(url.toLocalFile()); kind != FileKind::Other)
                return {url.toLocalFile(), kind};
    return {{}, FileKind::Other};
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
    const auto [path, kind] = openableOf(*drop->mimeData());
    if (kind == FileKind::Other) return QObject::eventFilter(watched, event);
    drop->setDropAction(Qt::CopyAction);
    drop->accept();
    if (type != QEvent::Drop) return true;
    switch (kind) {
        case FileKind::Database: Q_EMIT databaseDropped(path); break;
        case FileKind::Run: Q_EMIT runDropped(path); break;
        case FileKind::Sweep: Q_EMIT sweepDropped(path); break;
        case FileKind::Other: break;
    }
    return true;
}

}  // namespace mergarium
