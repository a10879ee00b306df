#include "ui/inspector/inspector_view.h"

#include "ui/inspector/member_page.h"
#include "ui/inspector/sample_page.h"
#include "ui/members/member_text.h"
#include "ui/theme/empty_page.h"

#include <QLabel>
#include <QStackedLayout>

namespace mergarium {
namespace {

constexpr int kLeastCharacters = 20;

}  // namespace

InspectorView::InspectorView(Selection& selection, QWidget* parent)
    : QWidget(parent), selection_(selection), pages_(new QStackedLayout(this)) {
    setAccessibleName(tr("Inspector"));
    empty_ = makeEmptyPage({}, this);
    sample_ = new SamplePage(this);
    member_ = new MemberPage(this);
    pages_->addWidget(empty_);
    pages_->addWidget(sample_);
    pages_->addWidget(member_);
    const auto chooseMember = qOverload<MemberId>(&Selection::select);
    connect(sample_, &SamplePage::memberSelected, &selection, chooseMember);
    connect(member_, &MemberPage::memberSelected, &selection, chooseMember);
    connect(member_, &MemberPage::exportRequested, this, &InspectorView::exportRequested);
    connect(member_, &MemberPage::sampleSelected, &selection, qOverload<std::size_t>(&Selection::select));
    connect(&selection, &Selection::changed, this, [this] {
        if (isVisible()) refresh();
    });
    // Of a stack that is as wide as its widest page, whichever is shown.
    setMinimumWidth(kLeastCharacters * fontMetrics().averageCharWidth());
    refresh();
}

void InspectorView::setSnapshot(const SnapshotPtr& snapshot) {
    if (!sameRun(snapshot, snapshot_)) member_->clear();
    snapshot_ = snapshot;
    if (isVisible()) refresh();
}

void InspectorView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void InspectorView::refresh() {
    const bool known = snapshot_ && snapshot_->run && hasMembers(snapshot_);
    if (known && selection_.latest() == Selection::Subject::Sample) {
        sample_->show(snapshot_, *selection_.sample());
        sample_->mark(selection_.member());
        pages_->setCurrentWidget(sample_);
    } else if (known && selection_.latest() == Selection::Subject::Member) {
        member_->show(snapshot_, *selection_.member());
        member_->mark(selection_.sample());
        pages_->setCurrentWidget(member_);
    } else {
        empty_->setText(
            tr("A sample or a member appears here in detail. Choose a sample in Niches, or a member in any view."));
        pages_->setCurrentWidget(empty_);
    }
}

}  // namespace mergarium
