#pragma once

#include "ui/members/run_view.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSlider;
class QStackedLayout;
class QTableView;

namespace mergarium {

class ChangeTable;
class LatestWorker;
class SplitCanvas;

/// Pairing by hand: two members, split points and a mixing ratio; what their child would be, seen before it is
/// admitted.
class BreedView final : public RunView {
    Q_OBJECT

public:
    explicit BreedView(Selection& selection, QWidget* parent = nullptr);

    /// Whether the shown run is one that this window computes: others can't be bred in.
    void setComputing(bool computing);
    void choose(MemberId first, MemberId second);
    /// As the person has set it.
    Parentage wish() const;

Q_SIGNALS:
    void breedRequested(const mergarium::Parentage& wish);
    void admitRequested();
    void dropRequested();

private:
    QWidget* makeControls(QWidget* page);
    QWidget* makeOutcome(QWidget* page);
    void clear() override;
    void forgetDrawn() override { drawn_ = nullptr; }
    void draw() override;
    void mark() override;
    void fill(QComboBox& members, std::size_t otherwise);
    void drawRibbons();
    void showOutcome();
    /// Why nothing can be bred now, in words; empty when something can.
    QString whyNot() const;

    SnapshotPtr drawn_;
    bool computing_ = false;
    QComboBox* first_ = nullptr;
    QComboBox* second_ = nullptr;
    QComboBox* interpolation_ = nullptr;
    QSlider* slider_ = nullptr;
    QDoubleSpinBox* ratio_ = nullptr;
    QPushButton* breed_ = nullptr;
    QPushButton* admit_ = nullptr;
    QPushButton* drop_ = nullptr;
    SplitCanvas* canvas_ = nullptr;
    QLabel* readout_ = nullptr;
    QLabel* outcome_ = nullptr;
    QTableView* table_ = nullptr;
    /// In its place while it has no rows.
    QLabel* noChanges_ = nullptr;
    QStackedLayout* changePages_ = nullptr;
    ChangeTable* changes_ = nullptr;
    LatestWorker* worker_ = nullptr;
};

}  // namespace mergarium
