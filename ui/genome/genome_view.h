#pragma once

#include "ui/members/run_view.h"

class QCheckBox;
class QLabel;
class QTableView;

namespace mergarium {

class GenomeCanvas;
class LayerTable;
class LatestWorker;

/// Which founder every part of every member comes from: members by fitness from top to bottom, the parameter vector
/// from left to right, colour the founders' contributions. Drawn from recipes alone, so the model's size doesn't
/// matter.
class GenomeView final : public RunView {
    Q_OBJECT

public:
    explicit GenomeView(Selection& selection, QWidget* parent = nullptr);

private:
    void clear() override;
    QString whyNothing() const override;
    void forgetDrawn() override { asked_.reset(); }
    void draw() override;
    void mark() override;
    void request();
    void requestLayers();

    /// What the canvas shows or will show.
    SnapshotPtr asked_;
    GenomeCanvas* canvas_ = nullptr;
    QLabel* readout_ = nullptr;
    QCheckBox* difference_ = nullptr;
    QCheckBox* layers_ = nullptr;
    LayerTable* shares_ = nullptr;
    QLabel* whose_ = nullptr;
    QTableView* table_ = nullptr;
    LatestWorker* worker_ = nullptr;
    LatestWorker* layerWorker_ = nullptr;
};

}  // namespace mergarium
