#pragma once

#include <QString>
#include <QStringList>

class QSettings;

namespace mergarium {

/// The run databases that were opened last, the latest first, as the settings keep them; none without settings.
class RecentDatabases {
public:
    static constexpr qsizetype kMost = 10;

    explicit RecentDatabases(QSettings* settings) : settings_(settings) {}

    QStringList list() const;
    void add(const QString& path);
    void drop(const QString& path);

private:
    QSettings* settings_;
};

}  // namespace mergarium
