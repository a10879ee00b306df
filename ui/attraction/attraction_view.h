#pragma once

#include "ui/members/run_view.h"

class QLabel;
class QTableView;

namespace mergarium {

class AttractionMatrix;
class LatestWorker;
class PairingTable;

/// Who is drawn to whom now, who was mated of late, and what came of it.
class AttractionView final : public RunView {
    Q_OBJECT

public:
    explicit AttractionView(QWidget* parent = nullptr);

private:
    void clear() override;
    void draw() override;
    void requestMatrix();
    void markSelectedPairing();

    /// What the matrix was last asked for.
    SnapshotPtr asked_;
    QLabel* note_ = nullptr;
    QLabel* summary_ = nullptr;
    QLabel* readout_ = nullptr;
    AttractionMatrix* matrix_ = nullptr;
    PairingTable* pairings_ = nullptr;
    QTableView* table_ = nullptr;
    LatestWorker* worker_ = nullptr;
};

}  // namespace mergarium
