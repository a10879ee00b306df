#pragma once

#include "core/archive/coverage.h"
#include "ui/members/run_view.h"

#include <cstddef>
#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;

namespace mergarium {

class LatestWorker;
class NicheCanvas;
class PicturePane;
class SamplePane;
struct NicheFrame;

/// Who wins which sample: members by fitness from top to bottom, samples from left to right, colour the share s/z.
class NichesView final : public RunView {
    Q_OBJECT

public:
    explicit NichesView(Selection& selection, QWidget* parent = nullptr);

private:
    void clear() override;
    void draw() override;
    void mark() override;
    void request();
    void nameFilter();
    SampleOrder sampleOrder() const;
    Binning binning() const;
    NicheMeasure measure() const;
    void find();
    void offerPictures();

    /// Whom the filter is about.
    std::optional<MemberId> member_;
    QComboBox* order_ = nullptr;
    QComboBox* binning_ = nullptr;
    QComboBox* measure_ = nullptr;
    QLineEdit* find_ = nullptr;
    QCheckBox* onlyMember_ = nullptr;
    NicheCanvas* canvas_ = nullptr;
    SamplePane* list_ = nullptr;
    QCheckBox* pictured_ = nullptr;
    PicturePane* pictures_ = nullptr;
    QLabel* readout_ = nullptr;
    LatestWorker* worker_ = nullptr;
};

}  // namespace mergarium
