#pragma once

#include "core/run/snapshot.h"

#include <QWidget>

class QLabel;
class QStackedLayout;

namespace mergarium {

class GenomeCanvas;
class LatestWorker;

/// Which founder every part of every member comes from: members by fitness from top to bottom, the parameter vector
/// from left to right, colour the founders' contributions. Drawn from recipes alone, so the model's size doesn't
/// matter.
class GenomeView : public QWidget {
    Q_OBJECT

public:
    explicit GenomeView(QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot);

Q_SIGNALS:
    void memberSelected(mergarium::MemberId member);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    void request();

    SnapshotPtr snapshot_;
    /// What the canvas shows or will show.
    SnapshotPtr asked_;
    QStackedLayout* pages_ = nullptr;
    QLabel* empty_ = nullptr;
    GenomeCanvas* canvas_ = nullptr;
    QLabel* readout_ = nullptr;
    LatestWorker* worker_ = nullptr;
};

}  // namespace mergarium
