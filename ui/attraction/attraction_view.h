#pragma once

#include "ui/members/run_view.h"

class QLabel;
class QTableView;

namespace mergarium {

class AttractionMatrix;
class LatestWorker;
class PairPane;
class PairingTable;

/// Who is drawn to whom now, who was mated of late, and what came of it.
class AttractionView final : public RunView {
    Q_OBJECT

public:
    explicit AttractionView(Selection& selection, QWidget* parent = nullptr);

Q_SIGNALS:
    /// The person wants to pair these by hand.
    void breedRequested(mergarium::MemberId first, mergarium::MemberId second);

private:
    void clear() override;
    void forgetDrawn() override { asked_.reset(); }
    void draw() override;
    void mark() override;
    void requestMatrix();
    void markPairing();
    void explain(std::optional<std::pair<MemberId, MemberId>> pair);

    /// What the matrix was last asked for.
    SnapshotPtr asked_;
    QLabel* note_ = nullptr;
    QLabel* summary_ = nullptr;
    QLabel* readout_ = nullptr;
    AttractionMatrix* matrix_ = nullptr;
    PairingTable* pairings_ = nullptr;
    PairPane* why_ = nullptr;
    /// Whom the pane is about.
    std::optional<std::pair<MemberId, MemberId>> pair_;
    QTableView* table_ = nullptr;
    LatestWorker* worker_ = nullptr;
    /// The row is being chosen for what is selected elsewhere.
    bool marking_ = false;
};

}  // namespace mergarium
