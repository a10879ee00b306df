#pragma once

#include "ui/members/run_view.h"

class QLabel;

namespace mergarium {

class GenomeCanvas;
class LatestWorker;

/// Which founder every part of every member comes from: members by fitness from top to bottom, the parameter vector
/// from left to right, colour the founders' contributions. Drawn from recipes alone, so the model's size doesn't
/// matter.
class GenomeView final : public RunView {
    Q_OBJECT

public:
    explicit GenomeView(QWidget* parent = nullptr);

private:
    void clear() override;
    QString whyNothing() const override;
    void draw() override;
    void request();

    /// What the canvas shows or will show.
    SnapshotPtr asked_;
    GenomeCanvas* canvas_ = nullptr;
    QLabel* readout_ = nullptr;
    LatestWorker* worker_ = nullptr;
};

}  // namespace mergarium
