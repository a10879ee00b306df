#include "ui/inspector/inspector_view.h"

#include "ui/inspector/member_page.h"
#include "ui/inspector/sample_page.h"
#include "ui/members/member_text.h"
#include "ui/theme/empty_page.h"

#include <QLabel>
#include <QStackedLayout>

namespace mergarium {

InspectorView::InspectorView(QWidget* parent) : QWidget(parent), pages_(new QStackedLayout(this)) {
    setAccessibleName(tr("Inspector"));
    empty_ = makeEmptyPage({}, this);
    sample_ = new SamplePage(this);
    member_ = new MemberPage(this);
    pages_->addWidget(empty_);
    pages_->addWidget(sample_);
    pages_->addWidget(member_);
    connect(sample_, &SamplePage::memberSelected, this, &InspectorView::memberSelected);
    connect(member_, &MemberPage::memberSelected, this, &InspectorView::memberSelected);
    connect(member_, &MemberPage::exportRequested, this, &InspectorView::exportRequested);
    connect(member_, &MemberPage::sampleSelected, this, &InspectorView::sampleSelected);
    refresh();
}

void InspectorView::setSnapshot(const SnapshotPtr& snapshot) {
    if (!sameRun(snapshot, snapshot_)) {
        subject_ = {};
        member_->clear();
    }
    snapshot_ = snapshot;
    if (isVisible()) refresh();
}

void InspectorView::showSample(std::size_t sample) {
    subject_ = sample;
    if (isVisible()) refresh();
}

void InspectorView::showMember(MemberId member) {
    subject_ = member;
    if (isVisible()) refresh();
}

void InspectorView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void InspectorView::refresh() {
    const bool known = snapshot_ && snapshot_->run && hasMembers(snapshot_);
    if (known && std::holds_alternative<std::size_t>(subject_)) {
        sample_->show(snapshot_, std::get<std::size_t>(subject_));
        pages_->setCurrentWidget(sample_);
    } else if (known && std::holds_alternative<MemberId>(subject_)) {
        member_->show(snapshot_, std::get<MemberId>(subject_));
        pages_->setCurrentWidget(member_);
    } else {
        empty_->setText(
            tr("A sample or a member appears here in detail. Choose a sample in Niches, or a member in any view."));
        pages_->setCurrentWidget(empty_);
    }
}

}  // namespace mergarium
