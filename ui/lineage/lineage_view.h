#pragma once

#include "core/store/family.h"
#include "ui/lineage/lineage_layout.h"
#include "ui/members/run_view.h"

#include <QTimer>

#include <functional>
#include <optional>

class QCheckBox;
class QLabel;
class QSpinBox;

namespace mergarium {

class LatestWorker;
class LineageCanvas;

/// Reads a family from where runs are stored; on a worker thread. Throws std::runtime_error with one sentence.
using FamilySource = std::function<Family(RunId run, MemberId member, const FamilyReach& reach)>;

/// A member's ancestry back to the founders, with the splice at each birth and what it added, and its descendants.
class LineageView final : public RunView {
    Q_OBJECT

public:
    LineageView(FamilySource source, Selection& selection, QWidget* parent = nullptr);

private:
    void clear() override;
    void draw() override;
    void mark() override;
    void request();
    void receive(const LineageLayoutPtr& layout);
    void say(const QString& sentence);
    void toggle(MemberId member);
    FamilyReach reach() const;

    FamilySource source_;
    /// Whose family is shown.
    std::optional<MemberId> subject_;
    std::set<MemberId> closed_, opened_;
    /// When it was last asked for; births since may have made it larger.
    std::uint64_t askedAt_ = 0;
    /// Between two looks at what has been stored.
    QTimer rest_;
    LineageLayoutPtr layout_;
    QLabel* title_ = nullptr;
    QSpinBox* back_ = nullptr;
    QSpinBox* forth_ = nullptr;
    QCheckBox* follow_ = nullptr;
    LineageCanvas* canvas_ = nullptr;
    QLabel* readout_ = nullptr;
    LatestWorker* worker_ = nullptr;
};

}  // namespace mergarium
