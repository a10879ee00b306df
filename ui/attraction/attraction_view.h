#pragma once

#include "core/run/snapshot.h"

#include <QWidget>

class QLabel;
class QStackedLayout;
class QTableView;

namespace mergarium {

class AttractionMatrix;
class LatestWorker;
class PairingTable;

/// Who is drawn to whom now, who was mated of late, and what came of it.
class AttractionView : public QWidget {
    Q_OBJECT

public:
    explicit AttractionView(QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot);

Q_SIGNALS:
    void memberSelected(mergarium::MemberId member);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    void requestMatrix();
    void markSelectedPairing();

    SnapshotPtr snapshot_;
    /// What the matrix was last asked for.
    SnapshotPtr asked_;
    QStackedLayout* pages_ = nullptr;
    QLabel* empty_ = nullptr;
    QLabel* note_ = nullptr;
    QLabel* summary_ = nullptr;
    QLabel* readout_ = nullptr;
    AttractionMatrix* matrix_ = nullptr;
    PairingTable* pairings_ = nullptr;
    QTableView* table_ = nullptr;
    LatestWorker* worker_ = nullptr;
};

}  // namespace mergarium
