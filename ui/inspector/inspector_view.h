#pragma once

#include "core/run/snapshot.h"
#include "ui/selection/selection.h"

#include <QWidget>

class QLabel;
class QStackedLayout;

namespace mergarium {

class MemberPage;
class SamplePage;

/// The sample or the member that was selected last, in detail.
class InspectorView : public QWidget {
    Q_OBJECT

public:
    /// `selection` outlives the view.
    explicit InspectorView(Selection& selection, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot);

Q_SIGNALS:
    void exportRequested(mergarium::MemberId member);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();

    SnapshotPtr snapshot_;
    Selection& selection_;
    QStackedLayout* pages_ = nullptr;
    QLabel* empty_ = nullptr;
    SamplePage* sample_ = nullptr;
    MemberPage* member_ = nullptr;
};

}  // namespace mergarium
