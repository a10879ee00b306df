#pragma once

#include <QObject>
#include <QString>

class QWidget;

namespace mergarium {

/// Lets databases, runs, sweeps and recipes of models be dropped anywhere on a window where nothing below takes them.
class WindowDrops : public QObject {
    Q_OBJECT

public:
    explicit WindowDrops(QWidget* window);

Q_SIGNALS:
    /// Of any kind that the window opens.
    void dropped(const QString& path);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace mergarium
