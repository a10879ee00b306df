#pragma once

#include "core/run/snapshot.h"
#include "ui/selection/selection.h"

#include <QWidget>

class QLabel;
class QStackedLayout;

namespace mergarium {

/// What the views of a run have in common: they keep the latest snapshot, draw it and what is selected only while they
/// are visible, and show a sentence where there is nothing to draw. A view ends its constructor with setPage. Wants the
/// window's thread.
class RunView : public QWidget {
    Q_OBJECT

public:
    void setSnapshot(const SnapshotPtr& snapshot);
    /// Draws anew, in the colours that are in use now.
    void recolor();

protected:
    /// `purpose` says what will appear here, and how to get it.
    /// `selection` outlives the view.
    RunView(QString purpose, Selection& selection, QWidget* parent);
    /// What is shown where there is something to draw. Draws for the first time.
    void setPage(QWidget* page);

    const SnapshotPtr& snapshot() const { return snapshot_; }
    Selection& selection() const { return selection_; }
    /// The snapshot's message, or the purpose.
    QString nothingYet() const;
    void showEvent(QShowEvent* event) override;

private:
    /// Another run is about to be shown, or none: nothing of the last one may stay.
    virtual void clear() = 0;
    /// What is drawn already is not to be used again.
    virtual void forgetDrawn() {}
    /// A sentence where the snapshot can't be drawn, else empty.
    virtual QString whyNothing() const;
    /// Shows the snapshot, which can be drawn.
    virtual void draw() = 0;
    /// Marks what is selected, where there is something to draw.
    virtual void mark() = 0;

    void refresh();

    QString purpose_;
    Selection& selection_;
    SnapshotPtr snapshot_;
    QStackedLayout* pages_ = nullptr;
    QLabel* empty_ = nullptr;
};

}  // namespace mergarium
