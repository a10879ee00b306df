#pragma once

#include "core/run/snapshot.h"

#include <QWidget>

#include <cstddef>
#include <variant>

class QLabel;
class QStackedLayout;

namespace mergarium {

class MemberPage;
class SamplePage;

/// One sample or one member, in detail.
class InspectorView : public QWidget {
    Q_OBJECT

public:
    explicit InspectorView(QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot);
    void showSample(std::size_t sample);
    void showMember(MemberId member);

Q_SIGNALS:
    void sampleSelected(std::size_t sample);
    void memberSelected(mergarium::MemberId member);
    void exportRequested(mergarium::MemberId member);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();

    SnapshotPtr snapshot_;
    std::variant<std::monostate, std::size_t, MemberId> subject_;
    QStackedLayout* pages_ = nullptr;
    QLabel* empty_ = nullptr;
    SamplePage* sample_ = nullptr;
    MemberPage* member_ = nullptr;
};

}  // namespace mergarium
