#pragma once

#include <QObject>
#include <QStringList>

class QAbstractScrollArea;
class QMimeData;

namespace mergarium {

/// The files and folders of this machine that are being dragged; run databases are for the window.
QStringList localPaths(const QMimeData* data);

/// Lets local files and folders be dropped on a list, a table or a text.
class FileDrops : public QObject {
    Q_OBJECT

public:
    explicit FileDrops(QAbstractScrollArea* target);

Q_SIGNALS:
    void dropped(const QStringList& paths);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace mergarium
