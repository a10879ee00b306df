#pragma once

#include "core/archive/coverage.h"
#include "core/run/snapshot.h"

#include <QWidget>

#include <cstddef>
#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;
class QStackedLayout;

namespace mergarium {

class LatestWorker;
class NicheCanvas;
struct NicheFrame;

/// Who wins which sample: members by fitness from top to bottom, samples from left to right, colour the share s/z.
class NichesView : public QWidget {
    Q_OBJECT

public:
    explicit NichesView(QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot);
    /// The member that the filter is about.
    void selectMember(MemberId member);

Q_SIGNALS:
    void sampleSelected(std::size_t sample);
    void memberSelected(mergarium::MemberId member);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();
    void request();
    void nameFilter();
    SampleOrder sampleOrder() const;
    Binning binning() const;

    SnapshotPtr snapshot_;
    std::optional<MemberId> member_;
    QStackedLayout* pages_ = nullptr;
    QLabel* empty_ = nullptr;
    QComboBox* order_ = nullptr;
    QComboBox* binning_ = nullptr;
    QCheckBox* onlyMember_ = nullptr;
    NicheCanvas* canvas_ = nullptr;
    QLabel* readout_ = nullptr;
    LatestWorker* worker_ = nullptr;
};

}  // namespace mergarium
