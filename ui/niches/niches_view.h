#pragma once

#include "core/archive/coverage.h"
#include "ui/members/run_view.h"

#include <cstddef>
#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;

namespace mergarium {

class LatestWorker;
class NicheCanvas;
struct NicheFrame;

/// Who wins which sample: members by fitness from top to bottom, samples from left to right, colour the share s/z.
class NichesView final : public RunView {
    Q_OBJECT

public:
    explicit NichesView(QWidget* parent = nullptr);

    /// The member that the filter is about.
    void selectMember(MemberId member);

Q_SIGNALS:
    void sampleSelected(std::size_t sample);

private:
    void clear() override;
    void draw() override;
    void request();
    void nameFilter();
    SampleOrder sampleOrder() const;
    Binning binning() const;

    std::optional<MemberId> member_;
    QComboBox* order_ = nullptr;
    QComboBox* binning_ = nullptr;
    QCheckBox* onlyMember_ = nullptr;
    NicheCanvas* canvas_ = nullptr;
    QLabel* readout_ = nullptr;
    LatestWorker* worker_ = nullptr;
};

}  // namespace mergarium
