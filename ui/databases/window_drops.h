#pragma once

#include <QObject>
#include <QString>

class QWidget;

namespace mergarium {

/// Lets databases, runs and sweeps be dropped anywhere on a window where nothing below takes them.
class WindowDrops : public QObject {
    Q_OBJECT

public:
    explicit WindowDrops(QWidget* window);

Q_SIGNALS:
    void databaseDropped(const QString& path);
    /// YAML of a run, or of a sweep.
    void runDropped(const QString& path);
    void sweepDropped(const QString& path);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace mergarium
