#pragma once

#include "ui/session/history_loader.h"

#include <QToolBar>

class QAction;
class QLabel;
class QMenu;
class QSpinBox;

namespace mergarium {

class TimeTrack;

/// "after 4,213 of 10,000 evaluations", or "as it was after ..." in a look back; empty without a run.
QString momentText(const SnapshotPtr& shown);

/// At which of its steps the shown run is seen: a track to drag along, the step as a number, keys from one accepted
/// child to the next, and a switch that follows the run as it is now.
class TimeBar : public QToolBar {
    Q_OBJECT

public:
    explicit TimeBar(QWidget* parent = nullptr);

    void setOutline(const HistoryOutline& outline);
    /// `live`: the shown run is being computed.
    void setState(const SnapshotPtr& shown, bool lookingBack, bool live);
    /// What the bar's keys do.
    void addTo(QMenu* menu) const;

    TimeTrack* track() const { return track_; }

Q_SIGNALS:
    void lookBackRequested(quint64 step);
    void latestRequested();

private:
    QAction* add(const QString& text, const QKeySequence& key, const QString& what);
    void enable();
    /// Moves track and number without asking for anything.
    void place(int step);
    void goTo(int step);
    void goToAccepted(bool forward);

    HistoryOutline outline_;
    bool lookingBack_ = false;
    QAction* first_ = nullptr;
    QAction* previous_ = nullptr;
    QAction* next_ = nullptr;
    QAction* last_ = nullptr;
    QAction* latest_ = nullptr;
    TimeTrack* track_ = nullptr;
    QSpinBox* step_ = nullptr;
    QLabel* moment_ = nullptr;
};

}  // namespace mergarium
